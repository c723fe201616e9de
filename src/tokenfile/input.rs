//! Bytes on their way into a reader: counted, bounded, and wiped afterwards.

use super::Limits;
use std::io::{self, BufRead, Read};
use zeroize::Zeroizing;

const BUFFER: usize = 64 * 1024;

/// The longest line of a file that is read line by line, in bytes.
pub(super) const LINE_MAX: usize = 8 * 1024;

/// A line that goes on beyond this ends the reading.
const LINE_SKIPPED_MAX: usize = 1024 * 1024;

/// A buffered source that knows its line and refuses to hand out more than it was allowed to.
pub(super) struct Input<R> {
    source: R,
    buffer: Zeroizing<Vec<u8>>,
    /// The line being read, so that not every line needs memory to be wiped.
    text: Zeroizing<Vec<u8>>,
    start: usize,
    end: usize,
    line: u64,
    bytes_left: u64,
    bytes_max: u64,
    allowed: [Allowance; 2],
}

/// So many bytes may still go into something that is called `what`.
#[derive(Clone, Copy)]
struct Allowance {
    what: &'static str,
    max: usize,
    left: usize,
}

impl Allowance {
    const NONE: Self = Self { what: "", max: usize::MAX, left: usize::MAX };
}

/// What [`Input::allow`] counts for.
#[derive(Clone, Copy)]
pub(super) enum Scope {
    Part,
    Piece,
}

/// One line, as far as it can be had.
pub(super) enum Line {
    Text(Zeroizing<String>),
    Bad(String),
    End,
}

impl<R: Read> Input<R> {
    pub(super) fn new(source: R, limits: &Limits) -> Self {
        let buffer = Zeroizing::new(vec![0; BUFFER]);
        let bytes_max = limits.bytes_max;
        Self {
            source,
            buffer,
            text: Zeroizing::new(Vec::with_capacity(LINE_MAX)),
            start: 0,
            end: 0,
            line: 1,
            bytes_left: bytes_max,
            bytes_max,
            allowed: [Allowance::NONE; 2],
        }
    }

    /// The line of the next byte.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// What the file begins with: as many bytes, if it has them, however few the source gives at a time. Call it first.
    pub(super) fn beginning(&mut self, wanted: usize) -> io::Result<&[u8]> {
        while self.end < wanted.min(BUFFER) && self.fill()? > 0 {}
        Ok(&self.buffer[self.start..self.end])
    }

    /// Reads on, behind what is in the buffer.
    fn fill(&mut self) -> io::Result<usize> {
        let length = self.source.read(&mut self.buffer[self.end..])?;
        self.end += length;
        self.bytes_left = self
            .bytes_left
            .checked_sub(length as u64)
            .ok_or_else(|| io::Error::other(format!("the file has more than {} bytes", self.bytes_max)))?;
        Ok(length)
    }

    /// From here on, this many bytes may be taken before the next call for the same scope.
    pub(super) fn allow(&mut self, scope: Scope, what: &'static str, max: usize) {
        self.allowed[scope as usize] = Allowance { what, max, left: max };
    }

    /// The next line without its end, and its number. A line that is too long is skipped, and is `Bad`.
    pub(super) fn read_line(&mut self) -> io::Result<(u64, Line)> {
        let number = self.line;
        self.allow(Scope::Part, "a line", LINE_SKIPPED_MAX);
        let mut bytes = std::mem::take(&mut self.text);
        bytes.clear();
        let read = self.read_line_into(&mut bytes);
        self.text = bytes;
        let length = read?;
        if length == 0 {
            return Ok((number, Line::End));
        }
        if length > LINE_MAX {
            return Ok((number, Line::Bad(format!("the line has more than {LINE_MAX} bytes"))));
        }
        let Ok(text) = std::str::from_utf8(&self.text) else {
            return Ok((number, Line::Bad("the line is not UTF-8".to_owned())));
        };
        let text = text.trim_end_matches(['\r', '\n']);
        let text = if number == 1 { text.trim_start_matches('\u{feff}') } else { text };
        Ok((number, Line::Text(Zeroizing::new(text.to_owned()))))
    }

    /// Reads to the end of the line, keeps what fits, and says how long the line is.
    fn read_line_into(&mut self, bytes: &mut Vec<u8>) -> io::Result<usize> {
        let mut length = 0usize;
        loop {
            let (taken, complete) = {
                let buffer = self.fill_buf()?;
                let taken = buffer.iter().position(|byte| *byte == b'\n').map_or(buffer.len(), |n| n + 1);
                let fits = taken.min(LINE_MAX - bytes.len());
                bytes.extend_from_slice(&buffer[..fits]);
                (taken, taken == 0 || buffer[taken - 1] == b'\n')
            };
            self.consume(taken);
            length = length.saturating_add(taken);
            if complete {
                return Ok(length);
            }
        }
    }
}

impl<R: Read> Read for Input<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(out)?;
        self.consume(length);
        Ok(length)
    }
}

impl<R: Read> BufRead for Input<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if let Some(used_up) = self.allowed.iter().find(|allowance| allowance.left == 0) {
            return Err(io::Error::other(format!("{} has more than {} bytes", used_up.what, used_up.max)));
        }
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
            self.fill()?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, length: usize) {
        let taken = &self.buffer[self.start..self.end.min(self.start + length)];
        self.line += taken.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.start += taken.len();
        for allowance in &mut self.allowed {
            allowance.left = allowance.left.saturating_sub(length);
        }
    }
}
