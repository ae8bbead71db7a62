use quarterdeck_ledger::*;
use std::path::Path;
fn ev(n: u64) -> NewEntry { NewEntry::new(n, u128::from(n).to_be_bytes(), Sealed { body: vec![(n % 251) as u8; 250].into(), salt: [1; 16], signature: Some([2; 64]) }) }
fn main() {
    let root = std::env::args().nth(1).unwrap(); let b: u64 = std::env::args().nth(2).unwrap().parse().unwrap();
    let root = Path::new(&root);
    std::fs::write(root.join("ballast"), vec![1u8; 4 << 20]).unwrap();
    let dir = root.join("l");
    let o = Options { reserve_bytes: if b > 5 { 0 } else { 8 << 20 }, ..Options::default() };
    let l = SledLedger::open(&dir, [1; 16], &o).unwrap();
    let mut size = 0;
    let e = loop { match l.append(size, (size + 1..=size + b).map(ev).collect()) { Ok(Appended::Recorded(h)) => size = h.size, Ok(o) => panic!("{o:?}"), Err(e) => break e } };
    println!("after {size}: {e}");
    println!("again: {}", l.append(size, vec![ev(size + 1)]).unwrap_err());
    println!("readable: {:?}", l.verify_all(&mut |_, _| ()).map(|h| h.size));
    std::fs::remove_file(root.join("ballast")).unwrap();
    println!("after freeing: {:?}", l.append(size, vec![ev(size + 1)]).map_err(|e| e.to_string()));
    drop(l);
    let l = SledLedger::open(&dir, [1; 16], &Options { reserve_bytes: 0, ..o }).unwrap();
    println!("reopened {:?} {}", l.verify_all(&mut |_, _| ()).map(|h| h.size), size);
    println!("append: {:?}", l.append(l.head().size, vec![ev(l.head().size + 1)]).is_ok());
}
