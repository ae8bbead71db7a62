//! A command line as the script has it: shown as a person would type it, and taken apart as their
//! shell would.
//!
//! The little of a shell that the script needs: words, double quotes around words with spaces, and a
//! line break where a long command goes on.

/// The words of a line. Quotes group and are left out of the words.
pub(super) fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            c if c.is_whitespace() && !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// The line as it is shown: where it goes on in the next one, a shell wants a backslash.
pub(super) fn shown(line: &str) -> String {
    let parts: Vec<&str> = line.lines().map(str::trim).collect();
    parts.join(" \\\n    ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_keep_words_together() {
        assert_eq!(
            words("checkin leads +3 -m \"two  partners\" \"\""),
            ["checkin", "leads", "+3", "-m", "two  partners", ""]
        );
        assert_eq!(words("a=\"b c\"d"), ["a=b cd"]);
        assert!(words("  ").is_empty());
    }

    #[test]
    fn a_long_command_goes_on_in_the_next_line() {
        let line = "kr new \"Leads\"\n  --unit leads";
        assert_eq!(words(line), ["kr", "new", "Leads", "--unit", "leads"]);
        assert_eq!(shown(line), "kr new \"Leads\" \\\n    --unit leads");
    }
}
