//! What a log comes down to, in a sentence.

use readmit_log::audit::Tampering;

use super::report::{Chained, Raised};
use super::summary::Summary;
use super::verifying::Found;
use crate::number::counted;

/// Says the gravest first: whether the log can be trusted, then what it tells.
pub(crate) fn of(summary: &Summary, alerts: &[Raised], chains: &[Chained]) -> String {
    let mut said = Vec::new();
    let broken = chains.iter().filter(|chain| !chain.intact).count();
    match (chains.len(), broken) {
        (0, _) => {}
        (_, 0) => said.push("the chain is intact".to_owned()),
        (1, _) => said.push("the chain is broken".to_owned()),
        (all, _) => said.push(format!("{broken} of {all} chains are broken")),
    }
    if summary.entries == 0 {
        said.push("there are no entries".to_owned());
        return said.join("; ");
    }
    let standing = alerts.iter().filter(|alert| alert.stands).count();
    said.push(match (alerts.len(), standing) {
        (0, _) => "nothing would have raised an alert".to_owned(),
        (1, 0) => "1 alert would have fired, and is over".to_owned(),
        (1, _) => "1 alert would have fired, and stands at the end".to_owned(),
        (all, 0) => format!("{all} alerts would have fired, and all are over"),
        (all, standing) if all == standing => {
            format!("{all} alerts would have fired, and all stand at the end")
        }
        (all, standing) => {
            format!("{all} alerts would have fired, and {standing} of them stand at the end")
        }
    });
    if 0 < summary.unreadable {
        said.push(format!("{} could not be read", counted(summary.unreadable, "line", "lines")));
    }
    said.join("; ")
}

pub(crate) fn of_chain(found: &Found) -> String {
    match found {
        Found::Intact { lines, crashes, is_unfinished, .. } => {
            let mut said = format!("intact, {}", counted(*lines, "line", "lines"));
            if 0 < *crashes {
                said += &format!("; crashes left torn lines {crashes} times, and it says so");
            }
            if *is_unfinished {
                said += "; it ends in the middle of a line";
            }
            said
        }
        Found::Broken { line, tampering } => {
            let line = format!("broken at line {line}");
            match tampering {
                Tampering::Changed => {
                    format!("{line}: it is not as it was written, or the key is another")
                }
                Tampering::CutShort { lines } => {
                    format!("{line}: {lines} lines are missing at the end")
                }
                Tampering::Inserted => format!("{line}: it was not written there"),
                Tampering::Removed { lines } => {
                    format!("{line}: {lines} lines before it are missing")
                }
                Tampering::Reordered => format!("{line}: the lines stand in another order"),
                Tampering::Rewritten => format!("{line}: the chain was written anew"),
                _ => format!("{line}: {tampering:?}"),
            }
        }
        Found::Unreadable => "broken: a line is too long to be one of a chain".to_owned(),
    }
}
