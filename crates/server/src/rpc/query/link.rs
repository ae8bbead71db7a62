//! A link to the page of a cycle.

use quarterdeck_core::reference::Things;
use quarterdeck_core::refusal::{Code as Why, Refusal};
use quarterdeck_proto::v1;
use tonic::Status;

use crate::access::Holder;
use crate::auth::Client;
use crate::lookup;
use crate::page::{Pass, cycle_path, link_path};
use crate::shared::Shared;
use crate::status::{invalid, refused};

/// For how long a link can be opened unless it is said, in seconds.
const USUAL: u64 = 10 * 60;
/// For how long at most.
const MOST: u64 = 24 * 60 * 60;

pub(super) fn create(
    shared: &Shared,
    client: &Client,
    request: &v1::CreateLinkRequest,
) -> Result<v1::CreateLinkResponse, Status> {
    let site = shared.page.site().ok_or_else(|| {
        let refusal = Refusal::new(Why::NotFound, "This server shows no pages.");
        refused(&refusal.hint(
            "whoever runs it starts it with `okrd serve --page-listen ADDR`; `okr open --file` needs no server",
        ))
    })?;
    let valid = match request.valid_seconds {
        0 => USUAL,
        seconds if seconds <= MOST => seconds,
        _ => {
            let what = format!("is more than {MOST}, a day");
            return Err(invalid("valid_seconds", what));
        }
    };
    let state = client.workspace.state();
    let named = match request.cycle.as_str() {
        "" => None,
        name => {
            let found = Things::new(&state).cycle(name);
            Some(found.map_err(|found| refused(&lookup::unclear(name, &found)))?)
        }
    };
    let cycle = named.and_then(|id| Some((id, state.cycles.get(&id)?.name.as_str())));
    let workspace = state.workspace.as_ref();
    let pass = Pass {
        token: client.token,
        holder: Holder {
            workspace: client.workspace.id(),
            member: client.member,
            device: client.device,
        },
        place: workspace.map_or_else(|| client.workspace.id().to_string(), |it| it.name.clone()),
    };
    let place = pass.place.clone();
    let to = cycle
        .map(|(id, name)| cycle_path(id, name))
        .unwrap_or_default();
    let (secret, expires) =
        (shared.page.links).make(pass, to, valid.saturating_mul(1_000), &shared.world);
    Ok(v1::CreateLinkResponse {
        url: format!("{}{}", site.origin, link_path(&place, secret.reveal())),
        expires_ms: expires.ms(),
        cycle: cycle.map(|(_, name)| name.to_owned()).unwrap_or_default(),
    })
}
