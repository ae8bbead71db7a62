//! Reads a page's film as its player does, from the document alone.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::read::DeflateDecoder;
use serde_json::Value;

const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A film, and what the document says where it drives it.
pub(crate) struct Film {
    json: Value,
    /// The number of each cell, by the goal that it is in and its field.
    cells: BTreeMap<(String, String), usize>,
    written: BTreeMap<(String, String), String>,
}

fn numbers(run: &str) -> Vec<u64> {
    let mut found = Vec::new();
    let (mut value, mut shift) = (0, 0);
    for c in run.chars() {
        let digit = DIGITS.find(c).unwrap() as u64;
        value |= (digit & 31) << shift;
        shift += 5;
        if digit & 32 == 0 {
            found.push(value);
            (value, shift) = (0, 0);
        }
    }
    found
}

/// The value of an attribute in a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    tag[start..].split('"').next()
}

fn unescaped(text: &str) -> String {
    (text.replace("&lt;", "<").replace("&gt;", ">"))
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

/// A film's JSON as it stands in a page.
pub(crate) fn unpacked(text: &str) -> String {
    let bytes = BASE64_STANDARD.decode(text).unwrap();
    let mut json = String::new();
    DeflateDecoder::new(&*bytes)
        .read_to_string(&mut json)
        .unwrap();
    json
}

impl Film {
    pub(crate) fn json(&self) -> &Value {
        &self.json
    }

    pub(crate) fn read(html: &str) -> Self {
        let start = html.find("id=\"film\">").unwrap() + "id=\"film\">".len();
        let json = unpacked(html[start..].split("</script>").next().unwrap());
        let mut cells = BTreeMap::new();
        let mut written = BTreeMap::new();
        let mut goal = String::new();
        let goals = html.find("<section id=\"goals\"").unwrap();
        let end = html[goals..].find("</section>").unwrap() + goals;
        for part in html[goals..end].split('<').skip(1) {
            let (tag, text) = part.split_once('>').unwrap_or((part, ""));
            if let Some(id) = attribute(tag, "data-id") {
                id.clone_into(&mut goal);
                let number = attribute(tag, "data-s").unwrap().parse().unwrap();
                cells.insert((goal.clone(), "there".to_owned()), number);
            } else if let (Some(number), Some(field)) =
                (attribute(tag, "data-s"), attribute(tag, "data-field"))
            {
                let place = (goal.clone(), field.to_owned());
                cells.insert(place.clone(), number.parse().unwrap());
                written.insert(place, unescaped(text));
            }
        }
        Self {
            json: serde_json::from_str(&json).unwrap(),
            cells,
            written,
        }
    }

    /// How many stops there are.
    pub(crate) fn stops(&self) -> usize {
        numbers(self.json["stops"]["seq"].as_str().unwrap()).len()
    }

    /// What a field of a goal says at a stop; of a grade, without the word for its band.
    pub(crate) fn at(&self, goal: &str, field: &str, stop: usize) -> String {
        let Some(cell) = self.cells.get(&(goal.to_owned(), field.to_owned())) else {
            return String::new();
        };
        let run = numbers(self.json["cells"][cell].as_str().unwrap());
        let values = &self.json["fields"][run[0] as usize]["values"];
        let mut from = 0;
        let mut said = "";
        for change in run[1..].chunks(2) {
            from += change[0];
            if from > stop as u64 {
                break;
            }
            said = values[change[1] as usize].as_str().unwrap();
        }
        match field {
            "grade" => said.split(' ').next().unwrap_or_default().to_owned(),
            _ => said.to_owned(),
        }
    }

    /// The goals that the film knows.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        let all: BTreeSet<&str> = self.cells.keys().map(|(goal, _)| goal.as_str()).collect();
        all.into_iter()
    }

    /// What the document says in each place.
    pub(crate) fn written(&self) -> impl Iterator<Item = (&str, &str, &String)> {
        (self.written.iter()).map(|((goal, field), text)| (goal.as_str(), field.as_str(), text))
    }
}
