//! What is printed in the end.

use std::fmt::Write;

use quarterdeck_simulation::Soaked;

/// How often each kind of thing happened, and in how many runs.
pub(crate) fn coverage(soaked: &Soaked) -> String {
    let mut text = format!("{:<52} {:>9} {:>7}\n", "what happened", "times", "runs");
    for (kind, (times, runs)) in &soaked.coverage {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "{kind:<52} {times:>9} {runs:>7}");
    }
    text
}

pub(crate) fn summary(soaked: &Soaked) -> String {
    let wrong = match soaked.violations.len() {
        0 => "nothing went wrong".to_owned(),
        1 => "one went wrong".to_owned(),
        more => format!("{more} went wrong"),
    };
    let seeds: Vec<String> = soaked
        .violations
        .keys()
        .take(20)
        .map(u64::to_string)
        .collect();
    let seeds = match seeds.is_empty() {
        true => String::new(),
        false => format!(" (seeds {})", seeds.join(", ")),
    };
    format!(
        "{} runs, {} entries, {} hours of simulated time: {wrong}{seeds}.",
        soaked.runs,
        soaked.entries,
        soaked.lasted_ms / 3_600_000
    )
}
