//! What a page may do: run the script that it carries, and nothing else.
//!
//! Script and style are named by their SHA-256, so that what somebody wrote cannot run even if it were
//! taken for markup. Nothing is loaded from anywhere; a page that is served may ask its own server.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};

/// Which pages may show it within them can be said by a server alone.
const OUTSIDE: &str = "; frame-ancestors 'none'";

/// The value of the header.
pub(super) fn policy(script: &str, style: &str, is_live: bool) -> String {
    let (script, style) = (hash(script), hash(style));
    let asks = if is_live { "; connect-src 'self'" } else { "" };
    format!(
        "default-src 'none'; script-src {script}; style-src {style}; img-src data:{asks}; \
         base-uri 'none'; form-action 'none'{OUTSIDE}"
    )
}

/// What the document can say of itself.
pub(super) fn inside(policy: &str) -> String {
    policy.replace(OUTSIDE, "")
}

fn hash(text: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_runs_is_named_by_its_hash() {
        let header = policy("", "a", false);
        assert!(
            header.contains("script-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"),
            "{header}"
        );
        assert!(!header.contains("unsafe") && !header.contains("connect-src"));
        assert!(!inside(&header).contains("frame-ancestors"));
        assert!(policy("", "a", true).contains("connect-src 'self'"));
    }
}
