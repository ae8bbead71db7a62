//! Dots in cells of a terminal: braille, two across and four down in each.
//!
//! Lines of different layers never mix within a cell: it shows the dots of the uppermost one, so
//! that a curve is not frayed by the line that it crosses.

use crate::text::{Line, Style};

/// What lies above what; the uppermost first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    /// What was measured.
    Curve,
    /// What holds without having been measured.
    Held,
    /// What is aimed at.
    Target,
    /// What pace asks for.
    Pace,
}

const LAYERS: [(Layer, Style); 4] = [
    (Layer::Curve, Style::Strong),
    (Layer::Held, Style::Plain),
    (Layer::Target, Style::Good),
    (Layer::Pace, Style::Muted),
];

/// Dots across in a cell.
pub(super) const ACROSS: usize = 2;
/// Dots down in a cell.
pub(super) const DOWN: usize = 4;

/// Which bit is which dot: by row, then by column.
const BITS: [[u8; ACROSS]; DOWN] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

/// The dot at a share of the way up so many rows, 0 to 1, counted from above.
pub(super) fn down(up: f64, rows: usize) -> usize {
    let last = (rows * DOWN).saturating_sub(1) as f64;
    ((1.0 - up) * last).round().max(0.0) as usize
}

/// A field of cells.
#[derive(Debug)]
pub(super) struct Raster {
    columns: usize,
    rows: usize,
    cells: Vec<[u8; 4]>,
}

impl Raster {
    pub(super) fn new(columns: usize, rows: usize) -> Self {
        Self {
            columns,
            rows,
            cells: vec![[0; 4]; columns * rows],
        }
    }

    /// The dot at shares of the way across and up, each 0 to 1.
    pub(super) fn place(&self, across: f64, up: f64) -> (usize, usize) {
        let last = (self.columns * ACROSS).saturating_sub(1) as f64;
        let x = (across * last).round().max(0.0) as usize;
        (x, down(up, self.rows))
    }

    /// Sets a dot; one that lies outside is none.
    pub(super) fn set(&mut self, layer: Layer, x: usize, y: usize) {
        let at = (x / ACROSS < self.columns).then_some(y / DOWN * self.columns + x / ACROSS);
        let bit = BITS.get(y % DOWN).and_then(|row| row.get(x % ACROSS));
        if let (Some(cell), Some(bit)) = (at.and_then(|at| self.cells.get_mut(at)), bit)
            && let Some(dots) = cell.get_mut(layer as usize)
        {
            *dots |= bit;
        }
    }

    /// A level line of which `draws` lets in dots by their distance from the left edge.
    pub(super) fn level(
        &mut self,
        layer: Layer,
        (from, to): (usize, usize),
        y: usize,
        draws: impl Fn(usize) -> bool,
    ) {
        for x in (from..=to).filter(|x| draws(*x)) {
            self.set(layer, x, y);
        }
    }

    /// A line from the end of one level to the beginning of the next.
    pub(super) fn upright(&mut self, layer: Layer, x: usize, (from, to): (usize, usize)) {
        for y in from.min(to)..=from.max(to) {
            self.set(layer, x, y);
        }
    }

    /// A straight line, a dot in every `apart` across.
    pub(super) fn slope(
        &mut self,
        layer: Layer,
        (x0, y0): (usize, usize),
        (x1, y1): (usize, usize),
        apart: usize,
    ) {
        let width = x1.saturating_sub(x0);
        for x in (x0..=x1).filter(|x| x % apart == 0) {
            let share = if width == 0 {
                0.0
            } else {
                (x - x0) as f64 / width as f64
            };
            let y = y0 as f64 + (y1 as f64 - y0 as f64) * share;
            self.set(layer, x, y.round() as usize);
        }
    }

    /// A row of cells.
    pub(super) fn line(&self, row: usize) -> Line {
        let from = row * self.columns;
        let cells = self.cells.get(from..from + self.columns).unwrap_or(&[]);
        let mut runs = Runs::default();
        for cell in cells {
            let top = (LAYERS.iter())
                .find_map(|(layer, style)| {
                    let dots = cell.get(*layer as usize).copied()?;
                    (dots > 0).then_some((*style, dots))
                })
                .and_then(|(style, dots)| Some((style, char::from_u32(0x2800 + u32::from(dots))?)));
            let (style, shown) = top.unwrap_or((Style::Plain, ' '));
            runs.push(style, shown);
        }
        runs.line()
    }
}

/// Characters gathered into pieces of one style.
#[derive(Debug, Default)]
pub(super) struct Runs {
    line: Line,
    style: Style,
    text: String,
}

impl Runs {
    pub(super) fn push(&mut self, style: Style, shown: char) {
        if style != self.style {
            self.end();
            self.style = style;
        }
        self.text.push(shown);
    }

    fn end(&mut self) {
        let text = std::mem::take(&mut self.text);
        self.line = std::mem::take(&mut self.line).with(self.style, text);
    }

    pub(super) fn line(mut self) -> Line {
        self.end();
        self.line
    }
}
