//! A key URI as a QR code: a picture, a drawing, or characters on a terminal.
//!
//! Whoever sees the code has the seed: every form is wiped when dropped.

use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;
use zeroize::Zeroizing;

/// Empty modules around the code (ISO/IEC 18004 wants four).
const QUIET: usize = 4;

/// How wide a module is in a picture, in pixels.
const SCALE: usize = 8;

/// Why there is no QR code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QrError {
    /// The text does not fit into the largest code.
    #[error("the text is too long for a QR code")]
    TooLong,
    /// The picture could not be made.
    #[error("the picture could not be made")]
    Picture,
}

/// A QR code.
pub struct Qr {
    width: usize,
    /// Row by row, dark ones set.
    modules: Zeroizing<Vec<bool>>,
}

impl Qr {
    /// Makes the code of a text, with medium error correction.
    pub fn new(text: &str) -> Result<Self, QrError> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| QrError::TooLong)?;
        let width = code.width();
        let modules = code.into_colors().into_iter().map(|color| color == Color::Dark).collect();
        Ok(Self { width, modules: Zeroizing::new(modules) })
    }

    /// How many modules a side has, the quiet zone included.
    pub fn size(&self) -> usize {
        self.width + 2 * QUIET
    }

    /// Whether the module is dark. Those outside are light, as those of the quiet zone.
    fn dark(&self, x: usize, y: usize) -> bool {
        let inside = |n: usize| n.checked_sub(QUIET).filter(|n| *n < self.width);
        inside(x).zip(inside(y)).is_some_and(|(x, y)| self.modules[y * self.width + x])
    }

    /// The code as a PNG of one bit per pixel.
    pub fn png(&self) -> Result<Zeroizing<Vec<u8>>, QrError> {
        let side = self.size() * SCALE;
        let stride = side.div_ceil(8);
        let mut pixels = Zeroizing::new(vec![0u8; stride * side]);
        for (y, row) in pixels.chunks_mut(stride).enumerate() {
            for x in (0..side).filter(|x| !self.dark(x / SCALE, y / SCALE)) {
                row[x / 8] |= 0x80 >> (x % 8);
            }
        }
        let side = u32::try_from(side).map_err(|_| QrError::Picture)?;
        // Large enough never to grow: a code compresses to far less than its pixels.
        let mut file = Zeroizing::new(Vec::with_capacity(pixels.len() + 1024));
        let mut encoder = png::Encoder::new(&mut *file, side, side);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::One);
        let mut writer = encoder.write_header().map_err(|_| QrError::Picture)?;
        writer.write_image_data(&pixels).map_err(|_| QrError::Picture)?;
        writer.finish().map_err(|_| QrError::Picture)?;
        Ok(file)
    }

    /// The code as an SVG drawing, one unit per module.
    pub fn svg(&self) -> Zeroizing<String> {
        let size = self.size();
        let mut path = String::with_capacity(16 * size * size);
        for y in 0..size {
            for x in (0..size).filter(|x| self.dark(*x, y)) {
                // Writing into a String cannot fail.
                let _ = write!(path, "M{x} {y}h1v1h-1z");
            }
        }
        let path = Zeroizing::new(path);
        Zeroizing::new(format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\">\
             <path fill=\"#fff\" d=\"M0 0h{size}v{size}H0z\"/><path d=\"{}\"/></svg>\n",
            *path
        ))
    }

    /// The code in half-block characters, two modules high each, black on white whatever the terminal's colours are.
    pub fn terminal(&self) -> Zeroizing<String> {
        let size = self.size();
        let mut text = Zeroizing::new(String::with_capacity(size * size * 4));
        for y in (0..size).step_by(2) {
            text.push_str("\u{1b}[30;107m");
            for x in 0..size {
                text.push(match (self.dark(x, y), self.dark(x, y + 1)) {
                    (false, false) => ' ',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (true, true) => '█',
                });
            }
            text.push_str("\u{1b}[0m\n");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URI: &str =
        "otpauth://totp/Example%20Bank:C1001?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example%20Bank";

    /// What a camera would read.
    fn seen(width: usize, height: usize, dark: impl Fn(usize, usize) -> bool) -> String {
        let level = |x, y| if dark(x, y) { 0 } else { 255 };
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, level);
        let grids = picture.detect_grids();
        assert_eq!(grids.len(), 1, "one code in the picture");
        grids[0].decode().expect("a code that can be read").1
    }

    #[test]
    fn the_png_is_read_back_by_another_implementation() {
        let file = Qr::new(URI).unwrap().png().unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file.as_slice())).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut pixels).unwrap();
        let (side, stride) = (frame.width as usize, frame.line_size);
        assert_eq!(seen(side, side, |x, y| pixels[y * stride + x / 8] & (0x80 >> (x % 8)) == 0), URI);
    }

    #[test]
    fn the_terminal_text_is_read_back_by_another_implementation() {
        let qr = Qr::new(URI).unwrap();
        let text = qr.terminal();
        let rows: Vec<Vec<char>> = text
            .lines()
            .map(|line| line.trim_start_matches("\u{1b}[30;107m").trim_end_matches("\u{1b}[0m").chars().collect())
            .collect();
        let dark = |x: usize, y: usize| match rows[y / 2][x] {
            '█' => true,
            '▀' => y.is_multiple_of(2),
            '▄' => !y.is_multiple_of(2),
            _ => false,
        };
        assert_eq!(seen(4 * qr.size(), 4 * qr.size(), |x, y| dark(x / 4, y / 4)), URI);
    }

    #[test]
    fn the_svg_draws_every_dark_module_and_no_other() {
        let qr = Qr::new(URI).unwrap();
        let svg = qr.svg();
        let drawn: std::collections::HashSet<(usize, usize)> = svg
            .split('M')
            .filter_map(|part| part.strip_suffix("h1v1h-1z").or(part.split_once("h1v1h-1z").map(|(place, _)| place)))
            .filter_map(|place| place.split_once(' '))
            .map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()))
            .collect();
        assert_eq!(seen(4 * qr.size(), 4 * qr.size(), |x, y| drawn.contains(&(x / 4, y / 4))), URI);
    }

    #[test]
    fn a_text_that_no_code_can_hold_is_refused() {
        assert_eq!(Qr::new(&"x".repeat(3000)).err(), Some(QrError::TooLong));
    }
}
