//! Where a document goes: to standard output, or to a file that is there whole or not at all.
//!
//! A link in the file's place is replaced and not followed, so that whoever can put one there leads nothing
//! elsewhere. A device or a pipe is written to as it is: nothing takes its place.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use quarterdeck_sync::exported::{ExportError, Exported};
use tempfile::NamedTempFile;

use crate::error::Failure;
use crate::output::{Output, Stream};

/// A place for a document. Without [`finish`](Self::finish) a file is as it was before.
#[derive(Debug)]
pub(crate) enum Sink<'c> {
    /// Standard output.
    Output(BufWriter<Stream<'c>>),
    /// A device or a pipe.
    Device(BufWriter<File>, PathBuf),
    /// A file, written beside its place until it is whole.
    File(BufWriter<NamedTempFile>, PathBuf),
}

impl<'c> Sink<'c> {
    /// A sink into a file, or to standard output where none is named.
    ///
    /// # Errors
    /// Nothing can be written where the file shall be.
    pub(crate) fn open(output: &'c Output, file: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = file else {
            return Ok(Self::Output(BufWriter::new(output.stream())));
        };
        let there = fs::metadata(path).map(|there| there.file_type());
        // `/dev/stdout` is whatever it leads to, a file too.
        let is_device = there.is_ok_and(|it| !it.is_file() && !it.is_dir());
        if is_device || (path.starts_with("/dev") && path.exists()) {
            let opened = File::options().write(true).open(path);
            let file = opened.map_err(|error| Failure::file("write", path, &error))?;
            return Ok(Self::Device(BufWriter::new(file), path.to_path_buf()));
        }
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        if !folder.is_dir() {
            return Err(Failure::not_found(format!(
                "There is no folder {}.",
                folder.display()
            )));
        }
        let mut builder = tempfile::Builder::new();
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let written = builder
            .prefix(".okr-")
            .tempfile_in(folder)
            .map_err(|error| Failure::file("write", path, &error))?;
        Ok(Self::File(BufWriter::new(written), path.to_path_buf()))
    }

    /// Puts the document in its place, once all of it is written.
    ///
    /// # Errors
    /// The disk failed, or standard output takes no more for another reason than that its reader left.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        match self {
            Self::Output(mut stream) => crate::output::finish(stream.flush()),
            Self::Device(mut writer, path) => {
                (writer.flush()).map_err(|error| Failure::file("write", &path, &error))
            }
            Self::File(writer, path) => {
                let failed = |error: &std::io::Error| Failure::file("write", &path, error);
                let written = writer.into_inner().map_err(|error| failed(error.error()))?;
                written
                    .as_file()
                    .sync_all()
                    .map_err(|error| failed(&error))?;
                written
                    .persist(&path)
                    .map_err(|error| failed(&error.error))?;
                Ok(())
            }
        }
    }

    /// Finishes an exported log; none where its reader has seen enough.
    ///
    /// # Errors
    /// The log could not be read, or as [`finish`](Self::finish) and [`failed`](Self::failed).
    pub(crate) fn finish_log(
        self,
        written: Result<Exported, ExportError>,
    ) -> Result<Option<Exported>, Failure> {
        match written {
            Ok(exported) => self.finish().map(|()| Some(exported)),
            Err(ExportError::Replica(error)) => Err(error.into()),
            Err(ExportError::Write(error)) => self.failed(error).map(|()| None),
        }
    }

    /// What a write that failed means: a reader that left has seen enough.
    ///
    /// # Errors
    /// Anything else.
    pub(crate) fn failed(&self, error: std::io::Error) -> Result<(), Failure> {
        match self {
            Self::Output(_) => crate::output::finish(Err(error)),
            Self::Device(_, path) | Self::File(_, path) => {
                Err(Failure::file("write", path, &error))
            }
        }
    }
}

impl Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::Output(stream) => stream.write(bytes),
            Self::Device(file, _) => file.write(bytes),
            Self::File(file, _) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::Output(stream) => stream.flush(),
            Self::Device(file, _) => file.flush(),
            Self::File(file, _) => file.flush(),
        }
    }
}
