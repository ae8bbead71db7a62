//! The socket for administration: only the user that okrd runs as gets through.
//!
//! It is made in a folder that nobody else can enter and moved to its place when it is as it should be, so
//! there is no moment at which others could connect. Whoever connects is asked for by the system as well, in
//! case somebody has opened the folder and the socket to others since.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::Path;

use tokio::net::{UnixListener, UnixStream};
use tokio_stream::wrappers::UnixListenerStream;
use tokio_stream::{Stream, StreamExt};

/// Where it is made. Short: the system takes about a hundred bytes of path.
const MADE_IN: &str = ".sock";

/// Listens at this path, in place of whatever is there: the lock on the folder says that it is nobody's now.
pub(super) fn bind(path: &Path) -> io::Result<UnixListener> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let made_in = folder.join(MADE_IN);
    // Left over from a run that was killed. A link is not followed, and neither is one within.
    match fs::symlink_metadata(&made_in) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(&made_in)?,
        Ok(_) => fs::remove_file(&made_in)?,
        Err(_) => {}
    }
    DirBuilder::new().mode(0o700).create(&made_in)?;
    let made = made_in.join("s");
    let bound = UnixListener::bind(&made).and_then(|listener| {
        fs::set_permissions(&made, Permissions::from_mode(0o600))?;
        // In place of a file, a socket or a link; a link is replaced, not followed.
        fs::rename(&made, path)?;
        Ok(listener)
    });
    let _ = fs::remove_dir_all(&made_in);
    bound
}

/// Connections of this user, and of root, who may do everything anyway.
pub(super) fn of_this_user(
    listener: UnixListener,
) -> impl Stream<Item = io::Result<UnixStream>> + Send {
    let own = rustix::process::geteuid().as_raw();
    UnixListenerStream::new(listener).filter(move |connected| {
        let Ok(stream) = connected else { return true };
        let welcome = (stream.peer_cred()).is_ok_and(|peer| may_connect(peer.uid(), own));
        if !welcome {
            tracing::warn!("turned another user away from the socket for administration");
        }
        welcome
    })
}

fn may_connect(user: u32, own: u32) -> bool {
    user == own || user == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn what_is_in_the_way_is_replaced_and_a_link_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let precious = folder.path().join("precious");
        fs::create_dir(&precious).unwrap();
        fs::write(precious.join("file"), "kept").unwrap();
        let path = folder.path().join("admin.sock");
        std::os::unix::fs::symlink(precious.join("file"), &path).unwrap();
        std::os::unix::fs::symlink(&precious, folder.path().join(MADE_IN)).unwrap();
        for _ in 0..2 {
            let listener = bind(&path).unwrap();
            assert_eq!(mode(&path), 0o600);
            let (near, far) = tokio::join!(UnixStream::connect(&path), listener.accept());
            near.unwrap();
            far.unwrap();
        }
        assert_eq!(fs::read_to_string(precious.join("file")).unwrap(), "kept");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[tokio::test]
    async fn a_folder_in_its_place_is_an_error_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("admin.sock");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("file"), "kept").unwrap();
        bind(&path).unwrap_err();
        assert!(path.join("file").exists());
    }

    #[test]
    fn root_and_the_own_user_may_connect() {
        assert!(may_connect(1000, 1000) && may_connect(0, 1000));
        assert!(!may_connect(1001, 1000) && !may_connect(1000, 0));
    }
}
