//! An event of every kind, as the golden files of `crates/proto` have it.

macro_rules! samples {
    ($($name:literal),+ $(,)?) => {
        /// Name and bytes in hexadecimal digits.
        const SAMPLES: &[(&str, &str)] = &[$((
            $name,
            include_str!(concat!("../../../proto/tests/golden/", $name, ".hex")),
        )),+];
    };
}

samples! {
    "CheckInCorrected", "CheckInReinstated", "CheckInRetracted", "CheckedIn", "CheckedIn2",
    "CheckedIn3", "CheckedIn4", "ConflictResolved", "CycleClosed", "CycleCreated", "CycleEdited",
    "CycleEdited2", "CycleReopened", "DeviceJoined", "DeviceJoined2", "DeviceKeyRotated",
    "DeviceRevoked", "FunnelDefined", "FunnelEdited", "HelpLinked", "HelpUnlinked", "Imported",
    "IncentiveAdded", "IncentiveEdited", "InitiativeAdded", "InitiativeEdited",
    "InvitationIssued", "KeyResultAdded", "KeyResultAdded2", "KeyResultEdited", "KeyResultGraded",
    "KpiDefined", "KpiEdited", "KpiLinked", "KpiReadingCorrected", "KpiRecorded", "KpiUnlinked",
    "LintHeeded", "LintSilenced", "MemberAdded", "MemberEdited", "NoteAdded", "NoteEdited",
    "ObjectiveDrafted", "ObjectiveDrafted2", "ObjectiveEdited", "ObjectiveSigned",
    "ObjectiveUnsigned", "ServerAdopted", "SignOffAsked", "TeamCreated", "TeamEdited",
    "TeamMemberAdded", "TeamMemberRemoved", "TemplateEdited", "TemplateSaved", "TodoAdded",
    "TodoCounted", "TodoEdited", "WeeklyEdited", "WeeklyWritten", "WorkspaceCreated",
    "WorkspaceEdited",
}

/// The encoded events by name.
pub(crate) fn all() -> Vec<(&'static str, Vec<u8>)> {
    SAMPLES
        .iter()
        .map(|(name, hex)| (*name, bytes(hex)))
        .collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
    digits
        .chunks_exact(2)
        .map(|pair| (pair[0] << 4 | pair[1]) as u8)
        .collect()
}
