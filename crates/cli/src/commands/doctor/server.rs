//! The server of a workspace: whether it answers, and how it stands with this device.

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_report::json::Check;
use quarterdeck_report::number::count;
use quarterdeck_sync::grpc::Visit;
use quarterdeck_sync::{RemoteAddress, Replica, SyncError};

use super::{DAY_MS, failed};
use crate::context::{Context, system_now};
use crate::error::Failure;
use crate::online;

/// What two clocks may differ by before people wonder about the order of things.
const SKEW_MS: u64 = 2 * 60 * 1_000;
/// A token or certificate that lapses within this time is to be replaced now.
const SOON_MS: u64 = 14 * DAY_MS;

pub(super) fn look(context: &Context, replica: &Replica) -> Vec<Check> {
    if replica.identity().is_copy() {
        return vec![Check::good(
            "server",
            "None: this is a copy to read in, made of an exported log.",
        )];
    }
    let Some(remote) = replica.identity().remote.clone() else {
        return vec![Check::good(
            "server",
            "There is none; everything is on this machine.",
        )];
    };
    match online::run(visit(&remote)) {
        Ok(Ok(visit)) => judge(context, &remote, &visit),
        Ok(Err(failure)) | Err(failure) => vec![failed("server", failure)],
    }
}

async fn visit(remote: &RemoteAddress) -> Result<Visit, Failure> {
    let server = online::connect_to(remote).await?;
    server
        .visit()
        .await
        .map_err(|error| SyncError::from(error).into())
}

fn judge(context: &Context, remote: &RemoteAddress, visit: &Visit) -> Vec<Check> {
    let mut checks = vec![match &visit.obstacle {
        None => Check::good(
            "server",
            format!("{}:{} answers.", remote.host, remote.port),
        ),
        Some(word) => Check::bad(
            "server",
            format!(
                "{}:{} answers, and can record nothing at present: {word}.",
                remote.host, remote.port
            ),
            "tell its operator; go on working, what waits is sent later",
        ),
    }];
    // A clock that is held for a test says nothing about the machine's.
    let is_held = context.now.ms().abs_diff(system_now().ms()) > SKEW_MS;
    if let Some(now) = visit.now.filter(|_| !is_held) {
        checks.push(skew(now, system_now()));
    }
    let now = visit.now.unwrap_or(context.now);
    checks.extend(
        visit
            .token_expires
            .map(|until| lapses("token", until, now, "ask an owner for an invitation, and join again with `okr join URL`: unsent work is kept")),
    );
    if let Some(certificate) = &visit.certificate {
        let until = quarterdeck_server::holds_until(certificate);
        // One that is trusted by its fingerprint holds whatever it says of itself.
        checks.extend(
            until
                .ok()
                .filter(|_| remote.fingerprint.is_none())
                .map(|until| {
                    lapses(
                        "certificate",
                        until,
                        now,
                        "tell the server's operator: nobody can connect when it has",
                    )
                }),
        );
    }
    checks
}

fn skew(server: Timestamp, here: Timestamp) -> Check {
    let apart = server.ms().abs_diff(here.ms());
    if apart <= SKEW_MS {
        return Check::good("clocks", "The server's clock agrees with this one.");
    }
    let minutes = count(apart / 60_000, "minute");
    let word = if here > server { "ahead of" } else { "behind" };
    Check::bad(
        "clocks",
        format!("This machine's clock is {minutes} {word} the server's."),
        "let the system set this machine's clock by the network; if it is right, tell the server's operator",
    )
}

fn lapses(what: &str, until: Timestamp, now: Timestamp, hint: &str) -> Check {
    if until <= now {
        Check::bad(what, format!("It lapsed at {until}."), hint)
    } else if until <= now.plus_ms(SOON_MS) {
        let days = count(until.ms().saturating_sub(now.ms()) / DAY_MS, "day");
        Check::bad(what, format!("It lapses in {days}, at {until}."), hint)
    } else {
        Check::good(what, format!("It holds until {until}."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_ms(ms)
    }

    #[test]
    fn clocks_that_differ_are_named_with_their_direction() {
        assert!(skew(at(SKEW_MS), at(0)).ok);
        let ahead = skew(at(0), at(SKEW_MS + 1));
        assert!(!ahead.ok && ahead.message.contains("2 minutes ahead of"));
        let behind = skew(at(10 * SKEW_MS), at(0));
        assert!(!behind.ok && behind.message.contains("20 minutes behind"));
    }

    #[test]
    fn what_lapses_soon_is_said_before_it_has() {
        let now = at(100 * DAY_MS);
        assert!(lapses("token", at(200 * DAY_MS), now, "join").ok);
        let soon = lapses("token", at(103 * DAY_MS), now, "join");
        assert!(!soon.ok && soon.message.contains("in 3 days"), "{soon:?}");
        assert!(!lapses("token", now, now, "join").ok);
    }
}
