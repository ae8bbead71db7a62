//! Every device and the server show the same bytes, and an outbox that is not empty explains itself.

use quarterdeck_ledger::Hash;

/// How one device stands in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The device.
    pub device: String,
    /// How many entries its log has.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
    /// The canonical JSON of its state.
    pub state: Vec<u8>,
    /// How many commands wait in its outbox.
    pub waiting: usize,
}

/// Says what differs; none where nothing does. `server` is how the server stands.
#[must_use]
pub fn fault(server: &Shown, devices: &[Shown]) -> Option<String> {
    devices.iter().find_map(|shown| {
        let device = &shown.device;
        if (shown.size, shown.root) != (server.size, server.root) {
            return Some(format!(
                "{device} ends at entry {}, and the log at {}; their roots {}",
                shown.size,
                server.size,
                if shown.root == server.root { "agree" } else { "differ" }
            ));
        }
        if shown.state != server.state {
            let at = shown.state.iter().zip(&server.state);
            let at = at.take_while(|(here, there)| here == there).count();
            return Some(format!(
                "{device} shows another state than the server, from byte {at} on, at the same entry {}",
                shown.size
            ));
        }
        (shown.waiting > 0).then(|| {
            format!(
                "{device} is up to date, and {} commands wait in its outbox without a reason",
                shown.waiting
            )
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(device: &str) -> Shown {
        Shown {
            device: device.to_owned(),
            size: 3,
            root: [1; 32],
            state: b"{}".to_vec(),
            waiting: 0,
        }
    }

    #[test]
    fn a_difference_in_anything_is_found() {
        let server = shown("server");
        assert_eq!(fault(&server, &[shown("ana"), shown("ben")]), None);
        for change in [
            (|shown| shown.size = 2) as fn(&mut Shown),
            |shown| shown.root = [2; 32],
            |shown| shown.state = b"{ }".to_vec(),
            |shown| shown.waiting = 1,
        ] {
            let mut other = shown("ben");
            change(&mut other);
            let found = fault(&server, &[shown("ana"), other]).unwrap();
            assert!(found.starts_with("ben"), "{found}");
        }
    }
}
