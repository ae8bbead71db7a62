//! How messages that hold a secret are shown by accident, in a log or an error: without it.

use std::fmt;

use crate::v1;

macro_rules! shown_without {
    ($($message:ident: $($shown:ident),*;)+) => {$(
        impl fmt::Debug for v1::$message {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($message))
                    $(.field(stringify!($shown), &self.$shown))*
                    .finish_non_exhaustive()
            }
        }
    )+};
}

shown_without! {
    AddDeviceResponse: token_expires_ms, joined;
    CreateLinkResponse: expires_ms, cycle;
    CreateTokenResponse: token, server;
    HostWorkspaceResponse: token_expires_ms, server_device;
    Invitation: id, member, expires_ms;
    JoinResponse: token_expires_ms, member;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_shown() {
        let secret = || "the-secret".to_owned();
        let shown = [
            format!(
                "{:?}",
                v1::AddDeviceResponse {
                    token: secret(),
                    ..Default::default()
                }
            ),
            format!(
                "{:?}",
                v1::CreateLinkResponse {
                    url: secret(),
                    ..Default::default()
                }
            ),
            format!(
                "{:?}",
                v1::CreateTokenResponse {
                    secret: secret(),
                    ..Default::default()
                }
            ),
            format!(
                "{:?}",
                v1::HostWorkspaceResponse {
                    token: secret(),
                    ..Default::default()
                }
            ),
            format!(
                "{:?}",
                v1::Invitation {
                    url: secret(),
                    ..Default::default()
                }
            ),
            format!(
                "{:?}",
                v1::JoinResponse {
                    token: secret(),
                    ..Default::default()
                }
            ),
        ];
        for shown in shown {
            assert!(
                !shown.contains("the-secret") && shown.contains(".."),
                "{shown}"
            );
        }
    }
}
