//! Generates Rust from `proto/`: messages, clients and servers, and the descriptors that gRPC
//! reflection serves. The compiler is protox, so nobody needs a system `protoc`.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use prost::Message as _;

fn main() -> Result<(), Box<dyn Error>> {
    // Asked when it runs: a build script that was compiled elsewhere would look there.
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../../proto");
    println!("cargo::rerun-if-changed={}", root.display());

    let mut files: Vec<PathBuf> = fs::read_dir(root.join("quarterdeck/v1"))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "proto")
    });
    // Directories list in any order; the output shall not depend on it.
    files.sort();

    let descriptors = protox::compile(&files, [&root])?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;

    tonic_prost_build::configure()
        // The bulk of all traffic: shared with the buffer it came in, not copied out of it.
        .bytes(".quarterdeck.v1.SealedEvent.body")
        // What holds a secret is shown by `src/secret.rs`, which leaves it out.
        .skip_debug([
            ".quarterdeck.v1.AddDeviceResponse",
            ".quarterdeck.v1.CreateLinkResponse",
            ".quarterdeck.v1.CreateTokenResponse",
            ".quarterdeck.v1.HostWorkspaceResponse",
            ".quarterdeck.v1.Invitation",
            ".quarterdeck.v1.JoinResponse",
        ])
        .compile_fds(descriptors)?;
    Ok(())
}
