//! The quarter again.
