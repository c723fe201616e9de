//! Messages on disk until the SIEM has had them: a bounded queue of numbered records in append-only segment files.
//!
//! ```text
//! <directory>/lock                             held while a server uses the directory
//! <directory>/cursor                           every record below this number is done with
//! <directory>/00000000000000000000.events      records from this number on: mark, CRC-32, length, number, time, message
//! ```
//!
//! - **At least once, in order.** The cursor moves when records have settled (see `forward`); a start begins at the cursor
//!   again, so that records since then are sent twice rather than never.
//! - **kill -9** loses nothing that was appended: it is in the kernel's cache. **Power loss** loses what was appended since
//!   the last `fdatasync`, at most `sync_every` before. The cursor is replaced whole and never synced: an old one repeats.
//! - **Damage** (a torn end, a flipped bit) costs the records it hits: reading goes on at the next mark with a good
//!   checksum, and the gap in the numbers says how many are lost. After a start, appending begins in a new segment.
//! - **Full or too old:** the oldest segment goes. Someone who fights an attack needs what happens now; what happened before
//!   is in the log file.
//! - Files are 0600 in a directory that is made 0700: the records hold personal data. Segments go as soon as all is done.
//!
//! Why not a library: `yaque` keeps its state in memory until it is dropped, has no checksum of what is in a record and no
//! bound; `queue-file` has no checksum and never drops; a second SQLite file has all of that, but damage costs the whole file,
//! and its writes compete with the store's for the same kind of lock. This is the small part of those that is needed.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::VecDeque;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The longest message, in bytes.
pub const MESSAGE_MAX: usize = 65_535;
/// No UTF-8 text has such bytes, so no message looks like the start of a record.
const MARK: [u8; 4] = [0xf5, b'C', b'S', 0xff];
const HEAD: usize = 28;
/// What one read takes from disk: at least one whole record.
const READ: usize = 2 * (HEAD + MESSAGE_MAX);
const ENDING: &str = ".events";

/// Where the spool is, and how large it may get.
#[derive(Clone, Debug)]
pub struct SpoolOptions {
    /// Its directory, made if it is not there.
    pub directory: PathBuf,
    /// All segments together.
    pub bytes_max: u64,
    /// Older records are dropped.
    pub age_max: TimeDelta,
    /// How long a record may be in the kernel's cache only.
    pub sync_every: Duration,
}

/// One message on its way.
pub struct Record {
    /// Its number.
    pub seq: u64,
    /// The message.
    pub message: Vec<u8>,
}

/// What a read found.
#[derive(Default)]
pub struct Batch {
    /// In order.
    pub records: Vec<Record>,
    /// Records that should have been there and were damaged or gone.
    pub damaged: u64,
}

struct Segment {
    first: u64,
    /// One past the last.
    end: u64,
    bytes: u64,
    newest: DateTime<Utc>,
}

/// The queue. Blocking: for use on threads that may block.
pub struct Spool {
    options: SpoolOptions,
    _lock: File,
    segments: VecDeque<Segment>,
    /// Appends to the last segment.
    active: Option<File>,
    dirty: bool,
    /// The number of the next record.
    next: u64,
    /// Below this all is done with.
    confirmed: u64,
    /// The number of the next record to read, and where it is in its segment if that is known.
    read: u64,
    offset: Option<(u64, u64)>,
    /// Gaps below this have been told.
    told: u64,
}

impl Spool {
    /// Opens or makes the spool. The bytes returned could not be read; they are skipped.
    pub fn open(options: SpoolOptions) -> io::Result<(Self, u64)> {
        let directory = &options.directory;
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        let lock = private().create(true).write(true).open(directory.join("lock"))?;
        lock.try_lock().map_err(|problem| match problem {
            TryLockError::WouldBlock => io::Error::new(io::ErrorKind::ResourceBusy, "another server uses it"),
            TryLockError::Error(problem) => problem,
        })?;
        let mut segments = Vec::new();
        let mut damaged = 0;
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            let Some(first) = path.file_name().and_then(|name| name.to_str()).and_then(number) else { continue };
            let (segment, bad) = scan(&path, first)?;
            damaged += bad;
            match segment {
                Some(segment) => segments.push(segment),
                None => fs::remove_file(&path)?,
            }
        }
        segments.sort_by_key(|segment| segment.first);
        let start = segments.first().map_or(0, |segment| segment.first);
        let cursor = read_cursor(directory);
        let confirmed = cursor.unwrap_or(start);
        let next = segments.last().map_or(0, |segment| segment.end).max(confirmed);
        let spool = Self {
            segments: segments.into(),
            _lock: lock,
            active: None,
            dirty: false,
            next,
            confirmed,
            read: confirmed,
            offset: None,
            told: confirmed,
            options,
        };
        Ok((spool, damaged))
    }

    /// Appends messages; those longer than [`MESSAGE_MAX`] are cut. Returns how many older ones had to go to make room. On an
    /// error none of these is kept.
    pub fn append(&mut self, now: DateTime<Utc>, messages: &[Vec<u8>]) -> io::Result<u64> {
        let mut bytes = Vec::new();
        for (n, message) in messages.iter().enumerate() {
            encode(&mut bytes, self.next + n as u64, now, &message[..message.len().min(MESSAGE_MAX)]);
        }
        let mut dropped = 0;
        while self.bytes() + bytes.len() as u64 > self.options.bytes_max && !self.segments.is_empty() {
            dropped += self.drop_oldest();
        }
        if self.active.is_some() && self.segments.back().is_some_and(|last| last.bytes >= self.segment_max()) {
            self.roll()?;
        }
        self.write(now, &bytes, messages.len() as u64)?;
        self.next += messages.len() as u64;
        if let Some(last) = self.segments.back_mut() {
            (last.end, last.newest) = (self.next, now);
            last.bytes += bytes.len() as u64;
        }
        self.dirty = true;
        Ok(dropped)
    }

    fn write(&mut self, now: DateTime<Utc>, bytes: &[u8], count: u64) -> io::Result<()> {
        let mut file = match self.active.take() {
            Some(file) => file,
            None => {
                // What has this name has no good record, or its numbers would be taken.
                let file = private().create(true).write(true).truncate(true).open(self.path(self.next))?;
                let (first, newest) = (self.next, now);
                self.segments.push_back(Segment { first, end: first, bytes: 0, newest });
                file
            }
        };
        if let Err(problem) = file.write_all(bytes) {
            // Half a record at the end does no harm; whole ones would come back with numbers that others have then.
            let good = self.segments.back().map_or(0, |last| last.bytes);
            if file.set_len(good).is_err() {
                self.next += count;
            }
            if good == 0 {
                self.segments.pop_back();
            }
            return Err(problem);
        }
        self.active = Some(file);
        Ok(())
    }

    /// What has to be synced since the last time: for a sync without holding others up.
    pub fn unsynced(&mut self) -> io::Result<Vec<File>> {
        match &self.active {
            // The directory too: a new file is only safe with its name.
            Some(file) if std::mem::take(&mut self.dirty) => {
                Ok(vec![file.try_clone()?, File::open(&self.options.directory)?])
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Drops segments that are too old. Returns how many unread records were in them.
    pub fn expire(&mut self, now: DateTime<Utc>) -> u64 {
        let mut dropped = 0;
        while self.segments.front().is_some_and(|oldest| now - oldest.newest > self.options.age_max) {
            dropped += self.drop_oldest();
        }
        dropped
    }

    /// The next records. None left is an empty batch.
    pub fn read(&mut self) -> Batch {
        let mut batch = Batch::default();
        while batch.records.is_empty() {
            let Some(segment) = self.segments.iter().find(|segment| segment.end > self.read) else { break };
            let (first, end, size) = (segment.first, segment.end, segment.bytes);
            let offset = self.offset.filter(|(of, _)| *of == first).map_or(0, |(_, offset)| offset);
            match read_at(&self.path(first), offset, size) {
                Ok(bytes) if !bytes.is_empty() => {
                    let more = offset + (bytes.len() as u64) < size;
                    let used = self.parse(&bytes, more, first..end, &mut batch);
                    self.offset = Some((first, offset + used as u64));
                }
                // The file is shorter than it was, gone or unreadable: what was in it is lost.
                _ => {
                    self.skip_to(end, &mut batch);
                    self.offset = None;
                }
            }
        }
        batch
    }

    fn parse(&mut self, bytes: &[u8], more: bool, numbers: std::ops::Range<u64>, batch: &mut Batch) -> usize {
        let mut at = 0;
        while at < bytes.len() {
            if more && at > 0 && bytes.len() - at < HEAD + MESSAGE_MAX {
                return at;
            }
            match decode(&bytes[at..]) {
                Some(frame) => {
                    at += HEAD + frame.message.len();
                    if frame.seq >= self.read && numbers.contains(&frame.seq) {
                        self.skip_to(frame.seq, batch);
                        batch.records.push(Record { seq: frame.seq, message: frame.message.to_vec() });
                        self.read = frame.seq + 1;
                    }
                }
                None => at = next_mark(bytes, at + 1),
            }
        }
        if !more {
            self.skip_to(numbers.end, batch);
        }
        at
    }

    fn skip_to(&mut self, seq: u64, batch: &mut Batch) {
        let from = self.read.max(self.told);
        batch.damaged += seq.saturating_sub(from);
        self.told = self.told.max(seq);
        self.read = self.read.max(seq);
    }

    /// Reads again what was read but not confirmed.
    pub fn rewind(&mut self) {
        self.told = self.told.max(self.read);
        self.read = self.confirmed;
        self.offset = None;
    }

    /// Every record below `end` is done with.
    pub fn confirm(&mut self, end: u64) -> io::Result<()> {
        if end <= self.confirmed {
            return Ok(());
        }
        self.confirmed = end;
        write_cursor(&self.options.directory, end)?;
        while self.segments.front().is_some_and(|oldest| oldest.end <= end) {
            // The last one too, although more could be appended to it: what is done with need not lie on a disk.
            self.remove_oldest()?;
        }
        Ok(())
    }

    /// How many records are not done with.
    pub fn pending(&self) -> u64 {
        self.next - self.confirmed
    }

    /// Bytes on disk.
    pub fn bytes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.bytes).sum()
    }

    fn segment_max(&self) -> u64 {
        (self.options.bytes_max / 8).clamp(4096, 8 * 1024 * 1024)
    }

    /// Ends the active segment.
    fn roll(&mut self) -> io::Result<()> {
        match self.active.take() {
            Some(file) if std::mem::take(&mut self.dirty) => file.sync_data(),
            _ => Ok(()),
        }
    }

    fn drop_oldest(&mut self) -> u64 {
        let Some(oldest) = self.segments.front() else { return 0 };
        let (first, end) = (oldest.first, oldest.end);
        let unread = end.saturating_sub(self.read.max(first));
        // A file that cannot be removed now comes up again at the next start.
        let _ = self.remove_oldest();
        self.read = self.read.max(end);
        self.told = self.told.max(end);
        self.confirmed = self.confirmed.max(end);
        unread
    }

    fn remove_oldest(&mut self) -> io::Result<()> {
        if self.segments.len() == 1 {
            (self.active, self.dirty) = (None, false);
        }
        let Some(oldest) = self.segments.pop_front() else { return Ok(()) };
        match fs::remove_file(self.path(oldest.first)) {
            Err(problem) if problem.kind() != io::ErrorKind::NotFound => Err(problem),
            _ => Ok(()),
        }
    }

    fn path(&self, first: u64) -> PathBuf {
        self.options.directory.join(format!("{first:020}{ENDING}"))
    }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

fn number(name: &str) -> Option<u64> {
    name.strip_suffix(ENDING).filter(|digits| digits.len() == 20)?.parse().ok()
}

struct Frame<'a> {
    seq: u64,
    at: DateTime<Utc>,
    message: &'a [u8],
}

fn encode(bytes: &mut Vec<u8>, seq: u64, at: DateTime<Utc>, message: &[u8]) {
    let mut body = Vec::with_capacity(HEAD + message.len());
    body.extend_from_slice(&(message.len() as u32).to_le_bytes());
    body.extend_from_slice(&seq.to_le_bytes());
    body.extend_from_slice(&at.timestamp_millis().to_le_bytes());
    body.extend_from_slice(message);
    bytes.extend_from_slice(&MARK);
    bytes.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
    bytes.extend_from_slice(&body);
}

fn decode(bytes: &[u8]) -> Option<Frame<'_>> {
    let rest = bytes.strip_prefix(&MARK)?;
    let (crc, body) = rest.split_first_chunk::<4>()?;
    let (length, rest) = body.split_first_chunk::<4>()?;
    let (seq, rest) = rest.split_first_chunk::<8>()?;
    let (at, rest) = rest.split_first_chunk::<8>()?;
    let length = usize::try_from(u32::from_le_bytes(*length)).ok().filter(|length| *length <= MESSAGE_MAX)?;
    let message = rest.get(..length)?;
    if crc32fast::hash(&body[..HEAD - 8 + length]) != u32::from_le_bytes(*crc) {
        return None;
    }
    let at = DateTime::from_timestamp_millis(i64::from_le_bytes(*at))?;
    Some(Frame { seq: u64::from_le_bytes(*seq), at, message })
}

fn next_mark(bytes: &[u8], from: usize) -> usize {
    let found = bytes.get(from..).and_then(|rest| rest.windows(MARK.len()).position(|window| window == MARK));
    found.map_or(bytes.len(), |at| from + at)
}

/// What a segment holds, if it holds anything good, and how many bytes of it are not.
fn scan(path: &Path, first: u64) -> io::Result<(Option<Segment>, u64)> {
    let bytes = fs::read(path)?;
    let (mut at, mut good) = (0, 0);
    let mut segment: Option<Segment> = None;
    while at < bytes.len() {
        let Some(frame) = decode(&bytes[at..]) else {
            at = next_mark(&bytes, at + 1);
            continue;
        };
        let length = HEAD + frame.message.len();
        let held = segment.get_or_insert(Segment { first, end: first, bytes: bytes.len() as u64, newest: frame.at });
        if frame.seq >= held.end {
            (held.end, held.newest) = (frame.seq.saturating_add(1), held.newest.max(frame.at));
        }
        (at, good) = (at + length, good + length);
    }
    Ok((segment, (bytes.len() - good) as u64))
}

fn read_at(path: &Path, offset: u64, size: u64) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = Vec::new();
    file.take((READ as u64).min(size.saturating_sub(offset))).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn read_cursor(directory: &Path) -> Option<u64> {
    let bytes = fs::read(directory.join("cursor")).ok()?;
    let (number, crc) = bytes.split_first_chunk::<8>()?;
    (crc == crc32fast::hash(number).to_le_bytes()).then(|| u64::from_le_bytes(*number))
}

fn write_cursor(directory: &Path, end: u64) -> io::Result<()> {
    let number = end.to_le_bytes();
    let new = directory.join("cursor.new");
    let mut file = private().create(true).write(true).truncate(true).open(&new)?;
    file.write_all(&[&number[..], &crc32fast::hash(&number).to_le_bytes()[..]].concat())?;
    fs::rename(new, directory.join("cursor"))
}

#[cfg(test)]
mod tests;
