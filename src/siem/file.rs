//! The log file: one CEF line for each event, for the bank's backup and for what a SIEM has missed.
//!
//! The file is ours to rotate: when it would grow beyond `rotate_bytes` it becomes `<path>.1`, that one `<path>.2`, and so
//! on; what would be number `keep` + 1 is deleted. Nobody needs to send us a signal. A file that someone moved or deleted is
//! noticed at the next event and begun anew. Files are 0600: they hold personal data.
//!
//! Not the `file-rotate` crate: it reports a line as written when it has no file to write to, and here a loss is counted.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Where the log file is, and how large it may get.
#[derive(Clone, Debug)]
pub struct FileOptions {
    /// The file that is written to.
    pub path: PathBuf,
    /// When it is replaced.
    pub rotate_bytes: u64,
    /// How many old ones are kept.
    pub keep: u32,
}

/// The log file, open.
pub struct LogFile {
    options: FileOptions,
    file: File,
    bytes: u64,
}

impl LogFile {
    /// Opens the file, or makes it.
    pub fn open(options: FileOptions) -> io::Result<Self> {
        let (file, bytes) = open(&options.path)?;
        Ok(Self { options, file, bytes })
    }

    /// Appends lines, given with their line breaks. On an error some of them may have been written.
    pub fn append(&mut self, lines: &[u8]) -> io::Result<()> {
        if !self.in_place() {
            (self.file, self.bytes) = open(&self.options.path)?;
        }
        if self.bytes > 0 && self.bytes + lines.len() as u64 > self.options.rotate_bytes {
            self.rotate()?;
        }
        let written = self.file.write_all(lines);
        // Whatever was written of them counts; after an error that is not known.
        self.bytes = if written.is_ok() { self.bytes + lines.len() as u64 } else { self.file.metadata()?.len() };
        written
    }

    /// A handle to sync without holding the next line up.
    pub fn handle(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    fn in_place(&self) -> bool {
        match (fs::metadata(&self.options.path), self.file.metadata()) {
            (Ok(there), Ok(ours)) => (there.dev(), there.ino()) == (ours.dev(), ours.ino()),
            _ => false,
        }
    }

    fn rotate(&mut self) -> io::Result<()> {
        let FileOptions { path, keep, .. } = &self.options;
        self.file.sync_data()?;
        for n in (0..*keep).rev() {
            match fs::rename(numbered(path, n), numbered(path, n + 1)) {
                Err(problem) if problem.kind() != io::ErrorKind::NotFound => return Err(problem),
                _ => (),
            }
        }
        if *keep == 0 {
            fs::remove_file(path)?;
        }
        (self.file, self.bytes) = open(path)?;
        Ok(())
    }
}

fn open(path: &Path) -> io::Result<(File, u64)> {
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    let bytes = file.metadata()?.len();
    Ok((file, bytes))
}

fn numbered(path: &Path, n: u32) -> PathBuf {
    if n == 0 {
        return path.to_owned();
    }
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{n}"));
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn text(path: &Path) -> Option<String> {
        fs::read_to_string(path).ok()
    }

    #[test]
    fn a_full_file_is_replaced_and_only_so_many_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("siem.cef");
        let mut file = LogFile::open(FileOptions { path: path.clone(), rotate_bytes: 10, keep: 2 }).unwrap();
        for line in ["one\n", "two\n", "tres\n", "four\n", "five and more than fits\n", "six\n"] {
            file.append(line.as_bytes()).unwrap();
        }
        let texts = [0, 1, 2, 3].map(|n| text(&numbered(&path, n)));
        let expected = [Some("six\n"), Some("five and more than fits\n"), Some("tres\nfour\n"), None];
        assert_eq!(texts, expected.map(|text| text.map(str::to_owned)));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

        let mut file = LogFile::open(FileOptions { path: path.clone(), rotate_bytes: 10, keep: 0 }).unwrap();
        file.append(b"seven is long\n").unwrap();
        assert_eq!(text(&path).unwrap(), "seven is long\n");
    }

    #[test]
    fn a_file_that_was_moved_away_is_begun_anew() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("siem.cef");
        let mut file = LogFile::open(FileOptions { path: path.clone(), rotate_bytes: 1000, keep: 1 }).unwrap();
        file.append(b"one\n").unwrap();
        fs::rename(&path, dir.path().join("moved")).unwrap();
        file.append(b"two\n").unwrap();
        fs::remove_file(&path).unwrap();
        file.append(b"three\n").unwrap();
        assert_eq!((text(&dir.path().join("moved")), text(&path)), (Some("one\n".into()), Some("three\n".into())));
    }
}
