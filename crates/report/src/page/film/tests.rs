use super::encode::{Around, push};
use super::*;

impl Field for u8 {
    fn kind(self) -> Kind {
        Kind::Text
    }
}

fn film_of(stops: u64) -> Film<u8, u8, u8> {
    let mut film = Film::new();
    for seq in 1..=stops {
        film.stop(Stop {
            seq,
            at: seq * 60,
            day: 0,
        });
        if seq == 2 {
            film.tell(1, 0, "first");
        }
        if seq == 4 {
            film.tell(1, 0, "between");
            film.tell(1, 0, "second");
        }
        film.tell(2, 0, "same");
        let pieces = (0..seq).filter(|n| *n != 1 || seq < 4);
        let now = film.now();
        film.pieces(now, (1, 0), 0, pieces.map(|n| format!("p{n}")).collect());
    }
    film
}

#[test]
fn a_cell_is_its_last_change_at_or_before_a_stop() {
    let film = film_of(6);
    let told: Vec<&str> = (0..6).map(|stop| film.at(1, 0, stop)).collect();
    assert_eq!(told, ["", "first", "first", "second", "second", "second"]);
    assert_eq!(film.last(1, 0), "second");
    assert_eq!(film.at(2, 0, 3), "same");
    assert_eq!(film.last(3, 0), "");
}

#[test]
fn a_piece_is_there_from_one_stop_until_another() {
    let film = film_of(6);
    let (_, pieces) = film.layer(1, 0).unwrap();
    assert_eq!(pieces, ["p0", "p2", "p3", "p4", "p5"]);
    let gone = film.layers[0]
        .pieces
        .iter()
        .find(|piece| piece.text == "p1")
        .unwrap();
    assert_eq!((gone.from, gone.until), (1, Some(3)));
}

#[test]
fn numbers_are_packed_five_bits_a_character() {
    for (number, packed) in [
        (0, "A"),
        (31, "f"),
        (32, "gB"),
        (1_000, "of"),
        (1_024, "ggB"),
    ] {
        let mut run = String::new();
        push(&mut run, number);
        assert_eq!(run, packed, "{number}");
    }
}

#[test]
fn what_people_wrote_is_neutral_in_a_film() {
    let mut film = film_of(1);
    film.tell(5, 0, "\u{202e}</script>\u{1b}");
    film.say("\u{1b}", "a\nb", None);
    let json = film.json(&Around {
        head: 1,
        live: None,
    });
    assert!(json.contains("\\\\u{202e}</script>␛"), "{json}");
    assert!(json.contains("\"a b\""), "{json}");
}

proptest::proptest! {
    /// Whatever lists a layer is told, at each stop it has what it was told there.
    #[test]
    fn a_layer_has_what_it_was_told(
        lists in proptest::collection::vec(proptest::collection::vec(0..6u8, 0..8), 1..12),
    ) {
        let mut layer = Layer::default();
        for (now, list) in (0..).zip(&lists) {
            layer.take(now, 0, list.iter().map(u8::to_string).collect());
        }
        for (now, list) in (0..).zip(&lists) {
            let mut told: Vec<String> = list.iter().map(u8::to_string).collect();
            let mut there: Vec<String> = (layer.pieces.iter())
                .filter(|piece| piece.from <= now && piece.until.is_none_or(|until| now < until))
                .map(|piece| piece.text.clone())
                .collect();
            told.sort();
            there.sort();
            proptest::prop_assert_eq!(there, told);
        }
    }
}
