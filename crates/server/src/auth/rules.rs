//! Who may make which call: one row a method, and a method without a row is refused.
//!
//! Guarantees: nothing is open that is not named here; names are compared whole, so a path that
//! merely begins like one, has a slash more or is spelt otherwise has no row; and both doors, the
//! network's and the operator's socket, ask this one table.
//!
//! What a member may *record* is no business of this table: [`Rule::Member`] and [`Rule::Device`] let
//! the events and commands through to the core, whose rule book judges each of them by the role that
//! the member has at that moment.

use tonic::{Code, Status};

use super::{Caller, no_token};
use crate::status::status;

/// Who may make a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Anybody. What is asked for has to prove itself: by an invitation, or because it is no secret.
    Anybody,
    /// The holder of a token, whatever their role.
    Member,
    /// The holder of a token that belongs to a device.
    Device,
    /// The holder of an owner's token, in their own workspace; and the operator.
    Owner,
    /// The operator, on the server's machine.
    Operator,
}

/// Every call that this server answers.
pub(crate) const RULES: &[(&str, Rule)] = &[
    ("/quarterdeck.v1.SyncService/Push", Rule::Device),
    ("/quarterdeck.v1.SyncService/Pull", Rule::Member),
    ("/quarterdeck.v1.SyncService/Watch", Rule::Member),
    ("/quarterdeck.v1.SyncService/GetCheckpoint", Rule::Member),
    (
        "/quarterdeck.v1.SyncService/GetInclusionProof",
        Rule::Member,
    ),
    (
        "/quarterdeck.v1.SyncService/GetConsistencyProof",
        Rule::Member,
    ),
    ("/quarterdeck.v1.SyncService/Join", Rule::Anybody),
    ("/quarterdeck.v1.SyncService/AddDevice", Rule::Device),
    ("/quarterdeck.v1.SyncService/HostWorkspace", Rule::Anybody),
    ("/quarterdeck.v1.SyncService/GiveBack", Rule::Device),
    ("/quarterdeck.v1.SyncService/RenewToken", Rule::Device),
    ("/quarterdeck.v1.QueryService/GetState", Rule::Member),
    ("/quarterdeck.v1.QueryService/GetStatus", Rule::Member),
    ("/quarterdeck.v1.QueryService/ListLog", Rule::Member),
    ("/quarterdeck.v1.QueryService/GetHistory", Rule::Member),
    ("/quarterdeck.v1.QueryService/ListConflicts", Rule::Member),
    ("/quarterdeck.v1.QueryService/GetReport", Rule::Member),
    ("/quarterdeck.v1.QueryService/CreateLink", Rule::Member),
    ("/quarterdeck.v1.CommandService/CheckIn", Rule::Member),
    (
        "/quarterdeck.v1.CommandService/RetractCheckIn",
        Rule::Member,
    ),
    ("/quarterdeck.v1.CommandService/AddNote", Rule::Member),
    ("/quarterdeck.v1.CommandService/Edit", Rule::Member),
    ("/quarterdeck.v1.CommandService/Undo", Rule::Member),
    (
        "/quarterdeck.v1.AdminService/CreateWorkspace",
        Rule::Operator,
    ),
    ("/quarterdeck.v1.AdminService/ListWorkspaces", Rule::Owner),
    ("/quarterdeck.v1.AdminService/CreateInvitation", Rule::Owner),
    (
        "/quarterdeck.v1.AdminService/CreateHostingInvitation",
        Rule::Operator,
    ),
    ("/quarterdeck.v1.AdminService/ListTokens", Rule::Owner),
    ("/quarterdeck.v1.AdminService/CreateToken", Rule::Owner),
    ("/quarterdeck.v1.AdminService/RevokeToken", Rule::Owner),
    ("/quarterdeck.v1.AdminService/ListDevices", Rule::Owner),
    ("/quarterdeck.v1.AdminService/RevokeDevice", Rule::Owner),
    ("/quarterdeck.v1.AdminService/SetRole", Rule::Owner),
    ("/quarterdeck.v1.AdminService/Verify", Rule::Owner),
    ("/quarterdeck.v1.AdminService/GetStats", Rule::Owner),
    ("/quarterdeck.v1.AdminService/Backup", Rule::Operator),
    (
        "/quarterdeck.v1.AdminService/RestoreWorkspace",
        Rule::Operator,
    ),
    ("/quarterdeck.v1.AdminService/HoldWorkspace", Rule::Operator),
    (
        "/quarterdeck.v1.AdminService/ResumeWorkspace",
        Rule::Operator,
    ),
    ("/quarterdeck.v1.AdminService/RotateKey", Rule::Operator),
    (
        "/quarterdeck.v1.AdminService/RenewCertificate",
        Rule::Operator,
    ),
    ("/grpc.health.v1.Health/Check", Rule::Anybody),
    ("/grpc.health.v1.Health/Watch", Rule::Anybody),
    (
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        Rule::Anybody,
    ),
    (
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        Rule::Anybody,
    ),
];

/// The rule of a call, by the path of its request.
pub(crate) fn rule_of(path: &str) -> Result<Rule, Status> {
    let mut rows = RULES.iter();
    rows.find(|(method, _)| *method == path)
        .map(|(_, rule)| *rule)
        .ok_or_else(|| {
            let message = "This server has no such call, or none that anybody may make.";
            let hint = "compare the versions of client and server";
            status(Code::Unimplemented, "NO_SUCH_CALL", message, hint)
        })
}

impl Rule {
    /// Whether it lets a caller through.
    pub(crate) fn allows(self, caller: &Caller) -> Result<(), Status> {
        match (self, caller) {
            (Self::Anybody, _)
            | (Self::Owner | Self::Operator, Caller::Operator)
            | (Self::Member, Caller::Client(_)) => Ok(()),
            (Self::Device, Caller::Client(client)) if client.device.is_some() => Ok(()),
            (Self::Device, Caller::Client(_)) => Err(no_device()),
            (Self::Owner, Caller::Client(client)) if client.is_owner() => Ok(()),
            (Self::Owner, Caller::Client(_)) => Err(status(
                Code::PermissionDenied,
                "FORBIDDEN",
                "Only an owner of the workspace may do this.",
                "ask an owner",
            )),
            (Self::Operator, Caller::Client(_)) => Err(status(
                Code::PermissionDenied,
                "FORBIDDEN",
                "Only the server's operator may do this.",
                "run okrd on the server's machine",
            )),
            // The operator has no member in whose name to ask or write, and nobody has a token.
            (Self::Member | Self::Device, Caller::Operator) | (_, Caller::Nobody(_)) => {
                Err(no_token())
            }
        }
    }
}

/// A token that a device of its own would need.
pub(crate) fn no_device() -> Status {
    status(
        Code::PermissionDenied,
        "NO_DEVICE",
        "This token belongs to no device, and the call is for devices.",
        "use CommandService and QueryService, or join with an invitation",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_call_has_one_row() {
        let mut methods: Vec<_> = RULES.iter().map(|(method, _)| *method).collect();
        methods.sort_unstable();
        let all = methods.len();
        methods.dedup();
        assert_eq!(methods.len(), all);
    }

    #[test]
    fn administration_is_for_owners_and_operators_alone() {
        let mut admin = RULES.iter().filter(|(path, _)| path.contains("Admin"));
        assert!(admin.all(|(_, rule)| matches!(rule, Rule::Owner | Rule::Operator)));
    }

    #[test]
    fn what_is_merely_spelt_like_a_call_has_no_rule() {
        assert_eq!(
            rule_of("/quarterdeck.v1.SyncService/Join").unwrap(),
            Rule::Anybody
        );
        for path in [
            "/quarterdeck.v1.SyncService/JoinX",
            "/quarterdeck.v1.SyncService/join",
            "/quarterdeck.v1.SyncService/Join/",
            "//quarterdeck.v1.SyncService/Join",
            "/quarterdeck.v1.SyncService//Join",
            "/quarterdeck.v1.SyncService/Join/../Push",
            "/quarterdeck.v1.SyncService/Join%2F",
            "/QUARTERDECK.V1.SYNCSERVICE/JOIN",
            "quarterdeck.v1.SyncService/Join",
            "/grpc.health.v1.Health/",
            "/",
            "",
        ] {
            let refused = rule_of(path).unwrap_err();
            assert_eq!(refused.code(), Code::Unimplemented, "{path}");
        }
    }
}
