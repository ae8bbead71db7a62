//! Clients without a replica: an owner who administrates, and a program that reports numbers.

use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use quarterdeck_core::id::{EventId, uuid_v7};
use quarterdeck_proto::v1::admin_service_client::AdminServiceClient;
use quarterdeck_proto::v1::command_service_client::CommandServiceClient;
use quarterdeck_proto::v1::{self, measure};
use quarterdeck_sync::Random;
use tonic::transport::{Channel, Endpoint, Uri};
use tonic::{Code, Request, Status};

use crate::chance::Chance;
use crate::history::{Key, Told};
use crate::mix::CRM;
use crate::network::{ADDRESS, Fate, dial};
use crate::stage::Stage;
use crate::work::Plan;

const PATIENCE: Duration = Duration::from_secs(10);
const KEEP_ALIVE: Duration = Duration::from_secs(5);

async fn connect(stage: &Arc<Stage>, who: &str, chance: &mut Chance) -> Option<Channel> {
    let fate = Fate::draw(stage, chance, who);
    let (stage, who) = (Arc::clone(stage), who.to_owned());
    let connector = tower::service_fn(move |_: Uri| {
        let dialled = dial(Arc::clone(&stage), who.clone(), fate);
        async move { dialled.await.map(TokioIo::new) }
    });
    let endpoint = Endpoint::from_shared(format!("http://{ADDRESS}")).ok()?;
    let endpoint = endpoint
        .connect_timeout(PATIENCE)
        .http2_keep_alive_interval(KEEP_ALIVE)
        .keep_alive_timeout(KEEP_ALIVE);
    endpoint.connect_with_connector(connector).await.ok()
}

fn request<T>(message: T, token: &str) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(PATIENCE);
    if let Ok(value) = format!("Bearer {token}").parse() {
        request.metadata_mut().insert("authorization", value);
    }
    request
}

/// What an owner has done: a token for the program, the end of another's token or device.
pub(crate) async fn administrate(stage: &Arc<Stage>, who: &str, token: &str, chance: &mut Chance) {
    let Some(channel) = connect(stage, who, chance).await else {
        return;
    };
    let mut admin = AdminServiceClient::new(channel);
    if stage.crm_token().is_none() {
        let asked = v1::CreateTokenRequest {
            member: "ana".to_owned(),
            ..v1::CreateTokenRequest::default()
        };
        if let Ok(made) = admin.create_token(request(asked, token)).await {
            stage.say(who, "made a token for the program");
            stage.set_crm_token(made.into_inner().secret);
        }
        return;
    }
    if stage.mix.revocations == 0 {
        return;
    }
    let all = admin.list_tokens(request(v1::ListTokensRequest::default(), token));
    let Ok(all) = all.await else { return };
    let tokens = all.into_inner().tokens.into_iter();
    let others: Vec<v1::Token> = tokens
        .filter(|token| token.revoked_ms == 0 && !token.device.is_empty() && token.member != "ana")
        .collect();
    let Some(chosen) = chance.pick(&others) else {
        return;
    };
    let Ok(device) = chosen.device.parse() else {
        return;
    };
    // Whether or not the answer comes: from here on it may be so.
    stage.revoke(device);
    if chance.per_mille(500) {
        let asked = v1::RevokeTokenRequest {
            token: chosen.id.clone(),
            ..v1::RevokeTokenRequest::default()
        };
        let done = admin.revoke_token(request(asked, token)).await.is_ok();
        stage.count("token revoked");
        stage.say(
            who,
            &format!("ended the token of {}: {done}", chosen.device_name),
        );
    } else {
        let asked = v1::RevokeDeviceRequest {
            device: chosen.device.clone(),
            ..v1::RevokeDeviceRequest::default()
        };
        let done = admin.revoke_device(request(asked, token)).await;
        let done = done.map_err(|status| status.code());
        stage.count("device revoked");
        stage.say(
            who,
            &format!(
                "ended device {}: {:?}",
                chosen.device_name,
                done.map(|_| ())
            ),
        );
    }
}

/// The program: reports numbers, and asks again with the same id until it has an answer.
pub(crate) async fn run(stage: Arc<Stage>) -> turmoil::Result {
    stage.change_desk(CRM, |desk| desk.starts += 1);
    let start = stage.desk(CRM).starts;
    let mut chance = stage.chance(&format!("{CRM} {start}"));
    let plan = Plan::shared(stage.seed);
    loop {
        let pause = chance.between(500, 4_000);
        tokio::time::sleep(Duration::from_millis(pause)).await;
        let Some(token) = stage.crm_token().filter(|_| !stage.is_healing()) else {
            continue;
        };
        let mut random = [0; 10];
        chance.fill(&mut random);
        let id = EventId::new(uuid_v7(stage.now_ms(CRM), random));
        let delta = chance.between(1, 9).to_string();
        let mut tries = 0;
        while !stage.is_healing()
            && report(&stage, &token, id, &delta, &plan, &mut chance)
                .await
                .is_none()
        {
            tries += 1;
            stage.count("command asked for again");
            tokio::time::sleep(Duration::from_millis(500 * tries)).await;
        }
    }
}

/// One attempt: none where there was no answer.
async fn report(
    stage: &Arc<Stage>,
    token: &str,
    id: EventId,
    delta: &str,
    plan: &Plan,
    chance: &mut Chance,
) -> Option<()> {
    let channel = connect(stage, CRM, chance).await?;
    let asked = v1::CheckInRequest {
        key_result: plan.key_results.first()?.to_string(),
        measure: Some(v1::Measure {
            measure: Some(measure::Measure::Delta(delta.to_owned())),
        }),
        options: Some(v1::CommandOptions {
            event_id: id.to_string(),
            reason: String::new(),
        }),
        ..v1::CheckInRequest::default()
    };
    let call = stage.ask();
    let answer = CommandServiceClient::new(channel)
        .check_in(request(asked, token))
        .await;
    match answer {
        Ok(answer) => {
            let told = answer.into_inner().events.into_iter().filter_map(|event| {
                let id = event.id.parse().ok()?;
                Some((Key { id, hash: None }, Told::Either(event.seq)))
            });
            let told: Vec<_> = told.collect();
            stage.count("command of a thin client");
            stage.say(
                CRM,
                &format!(
                    "reported {delta}: {:?}",
                    told.first().map(|(_, told)| told.seq())
                ),
            );
            stage.answered(call, told, 0);
            Some(())
        }
        Err(status) if is_unanswered(&status) => {
            stage.say(CRM, &format!("no answer: {:?}", status.code()));
            None
        }
        Err(status) => {
            stage.say(CRM, &format!("refused: {:?}", status.code()));
            Some(())
        }
    }
}

fn is_unanswered(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::Unavailable
            | Code::Cancelled
            | Code::DeadlineExceeded
            | Code::Unknown
            | Code::Internal
    )
}
