//! HTTP/2 frames that ask for nothing, counted as they come in.
//!
//! A flood of them (PING, SETTINGS, RST_STREAM after each HEADERS, empty DATA, endless CONTINUATION) costs its
//! sender little and a server much, and neither h2 nor hyper limits more than a few of its kinds. Honest
//! clients send such frames beside data: so what is read and written earns more of them.

/// The connection preface and the head of a frame, in bytes.
const PREFACE: usize = 24;
const HEAD: usize = 9;
const DATA: u8 = 0;
/// So many bytes of data, in whichever direction, earn one frame more.
const EARNS_ONE: f64 = 1024.0;

/// Counts a connection's frames. Only their heads are looked at.
#[derive(Debug)]
pub(super) struct Frames {
    /// Bytes to pass over: of the preface, or of a frame's payload.
    skip: usize,
    head: [u8; HEAD],
    had: usize,
    at_once: f64,
    per_second: f64,
    left: f64,
    /// When they were counted last, in milliseconds.
    at: u64,
}

impl Frames {
    pub(super) fn new(at_once: u32, per_second: u32, now: u64) -> Self {
        Self {
            skip: PREFACE,
            head: [0; HEAD],
            had: 0,
            at_once: f64::from(at_once),
            per_second: f64::from(per_second),
            left: f64::from(at_once),
            at: now,
        }
    }

    /// Notes bytes that were sent to the client.
    #[allow(clippy::cast_precision_loss, reason = "a rate needs no exact bytes")]
    pub(super) fn wrote(&mut self, bytes: usize) {
        self.left = (self.left + bytes as f64 / EARNS_ONE).min(self.at_once);
    }

    /// Notes bytes that came from the client at this time. Whether it goes on within the limits.
    #[allow(clippy::cast_precision_loss, reason = "a rate needs no exact time")]
    pub(super) fn read(&mut self, mut bytes: &[u8], now: u64) -> bool {
        let mut spent = 0.0;
        while !bytes.is_empty() {
            let passed = self.skip.min(bytes.len());
            self.skip -= passed;
            bytes = bytes.get(passed..).unwrap_or_default();
            let (taken, rest) = bytes.split_at(bytes.len().min(HEAD - self.had));
            for (place, byte) in self.head.iter_mut().skip(self.had).zip(taken) {
                *place = *byte;
            }
            self.had += taken.len();
            bytes = rest;
            if self.had == HEAD {
                self.had = 0;
                let [high, middle, low, kind, ..] = self.head;
                self.skip = usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low);
                spent += if kind == DATA { earned(self.skip) } else { 1.0 };
            }
        }
        let gained = now.saturating_sub(self.at) as f64 / 1_000.0 * self.per_second;
        self.at = now;
        self.left = (self.left + gained).min(self.at_once) - spent;
        self.left = self.left.min(self.at_once);
        self.left >= 0.0
    }
}

/// What a frame of data costs: one, less what its bytes earn.
#[allow(clippy::cast_precision_loss, reason = "a rate needs no exact bytes")]
fn earned(bytes: usize) -> f64 {
    1.0 - bytes as f64 / EARNS_ONE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, payload: usize) -> Vec<u8> {
        let length = u32::try_from(payload).unwrap().to_be_bytes();
        let mut bytes = length[1..].to_vec();
        bytes.extend([kind, 0, 0, 0, 0, 1]);
        bytes.resize(bytes.len() + payload, 6);
        bytes
    }

    fn opened(frames: &mut Frames) {
        assert!(frames.read(&[b'P'; PREFACE], 0));
    }

    #[test]
    fn so_many_frames_at_once_and_so_many_a_second() {
        let mut frames = Frames::new(5, 2, 0);
        opened(&mut frames);
        let ping = frame(6, 8);
        for _ in 0..5 {
            assert!(frames.read(&ping, 0));
        }
        assert!(!frames.read(&ping, 0));
        assert!(frames.read(&ping, 2_000));
    }

    #[test]
    fn frames_are_told_apart_however_their_bytes_come() {
        let mut frames = Frames::new(3, 0, 0);
        let mut bytes = vec![b'P'; PREFACE];
        for _ in 0..3 {
            bytes.extend(frame(6, 8));
        }
        for byte in &bytes {
            assert!(frames.read(&[*byte], 0));
        }
        assert!(!frames.read(&frame(4, 0), 0));
    }

    #[test]
    fn data_earns_and_empty_data_costs() {
        let mut frames = Frames::new(2, 0, 0);
        opened(&mut frames);
        for _ in 0..50 {
            assert!(frames.read(&frame(DATA, 16 << 10), 0));
            assert!(frames.read(&frame(8, 4), 0));
        }
        frames.wrote(4 << 10);
        assert!(frames.read(&[frame(8, 4), frame(8, 4)].concat(), 0));
        assert!(!frames.read(&frame(DATA, 0), 0));
    }
}
