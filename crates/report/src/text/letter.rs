//! A letter for a terminal.

use super::View;
use super::document::{Document, Line, Style};
use super::figures::symbol;
use crate::letter::{Item, Letter};

/// A letter, its lines no wider than the view.
#[must_use]
pub fn letter(letter: &Letter, view: &View) -> Document {
    let mut document = Document::new();
    document.push(
        Line::new()
            .said(Style::Strong, &letter.title)
            .cut(view.width),
    );
    for lead in &letter.lead {
        document.paragraph(Style::Plain, lead, 0, view.width);
    }
    for section in &letter.sections {
        document.heading(&section.title);
        for one in &section.items {
            item(&mut document, one, view.width);
        }
    }
    document
}

fn item(document: &mut Document, one: &Item, width: usize) {
    let mut head = Line::new().plain("  ");
    if let Some(doing) = one.status {
        let (style, symbol) = symbol(doing);
        head = head.with(style, symbol).plain(" ");
    }
    if let Some(reference) = &one.reference {
        head = head.muted(reference).plain("  ");
    }
    head = head.said(Style::Strong, &one.title);
    let room = width.saturating_sub(head.width() + 2);
    let told = Line::new().said(Style::Plain, &one.told);
    if told.width() <= room {
        document.push(head.plain("  ").join(told));
    } else {
        document.push(head.cut(width));
        document.paragraph(Style::Plain, &one.told, 4, width);
    }
    for said in &one.said {
        let text = match said.by.as_str() {
            "" => said.text.clone(),
            by => format!("{by}: {}", said.text),
        };
        document.paragraph(Style::Muted, &text, 4, width);
    }
}
