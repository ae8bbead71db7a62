//! `okr kr chart`: a key result's curve against its pace.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args;
use quarterdeck_core::value::Subject;
use quarterdeck_report::chart::{self, Scale, Size};
use quarterdeck_report::{json, text};

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::sink::Sink;
use crate::view::{Time, View};

/// How large a picture is where nobody says it.
const USUAL: Size = Size {
    width: 760,
    height: 380,
};

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kr chart leads
  okr kr chart leads -o leads.svg
  okr kr chart leads -o leads.svg --width 1200 --height 500
  okr kr chart leads --as-of \"week 6\"
  okr kr chart leads --json            what is drawn, as figures

How to read it is in docs/charts.md.")]
pub(super) struct Chart {
    /// The key result.
    #[arg(value_name = "REF", add = crate::complete::key_results())]
    key_result: String,
    /// Write a picture in SVG.
    #[arg(long)]
    svg: bool,
    /// Write a picture in SVG into this file.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Columns of the chart [default: those of the terminal]; of a picture, its width [default: 760].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(20..=4000))]
    width: Option<u16>,
    /// Lines of the chart; of a picture, its height [default: 380].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(5..=4000))]
    height: Option<u16>,
    #[command(flatten)]
    time: Time,
}

impl Chart {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let picture = self.svg || self.output.is_some();
        if picture && context.output.json {
            return Err(Failure::usage("A chart is a picture or JSON, not both.")
                .hint("leave out --json, or --svg and --output"));
        }
        if let Some(other) = self.other_kind() {
            return Err(Failure::usage(format!(
                "Charts are SVG; '{other}' is another kind of file."
            ))
            .hint("name the file .svg; a browser shows it and can print it"));
        }
        let session = context.open()?;
        let view = session.view(self.time.clone())?;
        let key_result = view.resolver().key_result(&self.key_result)?;
        let mut view = view.or_closed(Subject::KeyResult(key_result))?;
        let told = view.chart(key_result)?;
        if picture {
            return self.put(&view, &told);
        }
        let size = (self.width.map(usize::from), self.height.map(usize::from));
        view.answer(&told, |view| text::chart(&told, size, view))?;
        Ok(Exit::Done)
    }

    /// The ending of the file's name, if it promises something else than SVG.
    fn other_kind(&self) -> Option<String> {
        let ending = self.output.as_ref()?.extension()?.to_str()?;
        (!ending.eq_ignore_ascii_case("svg")).then(|| format!(".{ending}"))
    }

    /// Writes the picture where it shall go.
    fn put(&self, view: &View<'_>, told: &json::Chart) -> Result<Exit, Failure> {
        let size = Size {
            width: self.width.unwrap_or(USUAL.width),
            height: self.height.unwrap_or(USUAL.height),
        };
        let picture = chart::svg(&told.plot, &Scale::of(&told.plot), size);
        let output = &view.context().output;
        let mut sink = Sink::open(output, self.output.as_deref())?;
        if let Err(error) = sink.write_all(picture.as_bytes()) {
            sink.failed(error)?;
            return Ok(Exit::Done);
        }
        sink.finish()?;
        if let Some(file) = &self.output {
            output.line(&format!(
                "A chart of {} is written to {}.",
                told.reference,
                file.display()
            ))?;
        }
        view.tell_later();
        Ok(Exit::Done)
    }
}
