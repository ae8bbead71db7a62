//! `okrd key` and `okrd cert`: what the server signs and is known with, exchanged while it serves.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use quarterdeck_proto::v1;
use serde_json::json;

use crate::admin::ask;
use crate::args::{CertVerb, KeyVerb};
use crate::failure::Failure;
use crate::output::{Output, moment};

pub(crate) async fn key(verb: KeyVerb, output: &Output) -> Result<(), Failure> {
    let KeyVerb::Rotate { of, reason } = verb;
    let request = v1::RotateKeyRequest {
        workspace: of.workspace,
        reason: reason.unwrap_or_default(),
    };
    let rotated = ask(&of.data, async |client| client.rotate_key(request).await)
        .await?
        .into_inner();
    let answer = json!({
        "seq": rotated.seq,
        "verifier_key": rotated.verifier_key,
        "former_verifier_key": rotated.former_verifier_key,
    });
    output.answer(answer, || {
        vec![
            format!("The server signs with another key from #{} on:", rotated.seq),
            String::new(),
            format!("  {}", rotated.verifier_key),
            String::new(),
            "Machines follow by themselves. Whoever checks proofs with a key of their own needs this one \
             for what is signed from now on, and for what was signed before still this one:"
                .to_owned(),
            String::new(),
            format!("  {}", rotated.former_verifier_key),
            String::new(),
            "Back up the data folder: the key is in it.".to_owned(),
        ]
    });
    Ok(())
}

pub(crate) async fn cert(verb: CertVerb, output: &Output) -> Result<(), Failure> {
    let CertVerb::Renew(data) = verb;
    let request = v1::RenewCertificateRequest {};
    let renewed = ask(&data, async |client| {
        client.renew_certificate(request).await
    })
    .await?
    .into_inner();
    let fingerprint = URL_SAFE_NO_PAD.encode(&renewed.fingerprint);
    let answer = json!({
        "fingerprint": fingerprint,
        "expires": moment(renewed.expires_ms),
        "new_authority": renewed.new_authority,
    });
    output.answer(answer, || {
        let lapses = moment(renewed.expires_ms);
        let lapses = lapses.as_str().unwrap_or_default();
        let mut lines = vec![
            format!("The certificate is renewed; it lapses at {lapses}."),
            format!("Its fingerprint is {fingerprint}"),
            "Machines that know an earlier one go on: it is for the same key.".to_owned(),
        ];
        if renewed.new_authority {
            let ca = data.data.join("tls").join("ca.pem");
            lines.push(format!(
                "Other clients need the new {} once: the authority before it was not kept.",
                ca.display()
            ));
        }
        lines
    });
    Ok(())
}
