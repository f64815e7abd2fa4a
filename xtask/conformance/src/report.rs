use serde_json::{Map, Value, json};

use crate::command::{REFUSED, Told};
use crate::folder::{Folder, GAPS};
use crate::gaps::{Gap, Gaps};
use crate::line::{Line, is_under};
use crate::page::value;
use crate::suite::{self, Fault};

/// What came of a folder.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    lines: Vec<Line>,
    /// What is wrong with the files, each with the place.
    faults: Vec<String>,
    unknown: &'a [String],
    stale: Vec<Gap>,
    gaps: &'a Gaps,
}

impl<'a> Report<'a> {
    /// Runs the suites whose files are there, or of them the lines of this name and below it.
    pub(crate) fn new(folder: &'a Folder, gaps: &'a Gaps, selected: Option<&str>) -> Report<'a> {
        let mut lines = Vec::new();
        let mut faults = Vec::new();
        let is_selected = |name: &str| selected.is_none_or(|wanted| is_under(name, wanted));
        for suite in suite::ALL {
            let Some(bytes) = folder.file(suite.file) else { continue };
            if !suite.lines.iter().any(|line| is_selected(line)) {
                continue;
            }
            let outcome = match text(bytes) {
                Ok(text) => (suite.run)(text),
                Err(fault) => suite::Outcome::broken(fault),
            };
            let place = folder.path.join(suite.file);
            faults
                .extend(outcome.faults.iter().map(|fault| format!("{}:{fault}", place.display())));
            lines.extend(
                outcome.lines.into_iter().filter(|line| is_selected(line.name) && !line.is_empty()),
            );
        }
        if lines.is_empty() && faults.is_empty() {
            faults.push(format!("{}: no case to run", folder.path.display()));
        }
        let stale = gaps.stale(&lines, selected);
        Report { lines, faults, unknown: &folder.unknown, stale, gaps }
    }

    /// Says it all; `strict` where a stale gap is a fault.
    pub(crate) fn tell(&self, for_machines: bool, strict: bool) -> Told {
        let passed_over: String = self
            .unknown
            .iter()
            .map(|name| format!("{name}: passed over, no suite reads it\n"))
            .collect();
        let mut told = Told { code: self.code(strict), ..Told::default() };
        if for_machines {
            told.out = format!("{:#}\n", self.json());
            told.err = passed_over;
        } else {
            told.out = self.text() + &passed_over;
        }
        for fault in &self.faults {
            told.err += &format!("{fault}\n");
        }
        for gap in &self.stale {
            let Gap { suite, id, line, .. } = gap;
            told.err += &format!("{GAPS}:{line}: stale: {id} passes in {suite}, remove the gap\n");
        }
        match self.unlisted() {
            0 => {}
            1 => told.err += &format!("1 failure is not listed in {GAPS}\n"),
            many => told.err += &format!("{many} failures are not listed in {GAPS}\n"),
        }
        told
    }

    /// The exit status.
    fn code(&self, strict: bool) -> u8 {
        if !self.faults.is_empty() {
            return REFUSED;
        }
        u8::from(0 < self.unlisted() || (strict && !self.stale.is_empty()))
    }

    /// The number of failures that no gap explains.
    fn unlisted(&self) -> usize {
        let misses =
            self.lines.iter().flat_map(|line| line.misses.iter().map(move |it| (line, it)));
        misses.filter(|(line, miss)| self.gaps.reason(line.name, &miss.id).is_none()).count()
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            for miss in &line.misses {
                let (expected, got) = (value(&miss.expected), value(&miss.got));
                let known = match self.gaps.reason(line.name, &miss.id) {
                    Some(reason) => format!(" (known gap: {reason})"),
                    None => String::new(),
                };
                let id = readmit_error::neutralise(&miss.id, ID_LIMIT);
                text += &format!("  {id}: expected {expected}, got {got}{known}\n");
            }
            text +=
                &format!("{}: {}/{}{}\n", line.name, line.passes.len(), line.total(), skips(line));
        }
        text
    }

    fn json(&self) -> Value {
        let suites = self.lines.iter().map(|line| {
            let failures = line
                .misses
                .iter()
                .map(|miss| json!({"id": miss.id, "expected": miss.expected, "got": miss.got}));
            let told = json!({
                "passed": line.passes.len(),
                "total": line.total(),
                "skipped": line.skips.len(),
                "failures": failures.collect::<Vec<_>>(),
            });
            (line.name.to_owned(), told)
        });
        Value::Object(suites.collect::<Map<_, _>>())
    }
}

fn text(bytes: &[u8]) -> Result<&str, Fault> {
    str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.iter().take(error.valid_up_to());
        let line = valid.filter(|&&byte| byte == b'\n').count() + 1;
        Fault { line: Some(line), reason: "not UTF-8".to_owned() }
    })
}

/// How many cases were skipped and why, or nothing.
fn skips(line: &Line) -> String {
    let mut reasons = line.skips.clone();
    reasons.sort_unstable();
    reasons.dedup();
    match line.skips.len() {
        0 => String::new(),
        skipped => format!(", {skipped} skipped ({})", reasons.join("; ")),
    }
}

/// Characters of an id.
const ID_LIMIT: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::File;

    const RIGHT: &str = r#"{"id": "right", "request": {"method": "GET"}, "response": {"status": 404}, "expect": {"kind": ["not_found"]}}"#;
    const WRONG: &str = r#"{"id": "wrong", "request": {"method": "GET"}, "response": {"status": 404}, "expect": {"kind": ["gone", "conflict"]}}"#;

    #[test]
    fn a_line_is_told_after_its_failures() {
        let told = tell(&format!("{RIGHT}\n{WRONG}\n"), "", None);

        let first = "  wrong: expected gone or conflict, got not_found\nclassify.kind: 1/2\n";
        assert!(told.out.starts_with(first), "{}", told.out);
        assert!(told.err.contains("2 failures are not listed"), "{}", told.err);
        assert_eq!(told.code, 1);
    }

    #[test]
    fn a_failure_that_is_a_known_gap_is_none() {
        let told = tell(&format!("{RIGHT}\n{WRONG}\n"), &gap("classify", "wrong"), None);

        assert!(told.out.contains("got not_found (known gap: why)\n"), "{}", told.out);
        assert_eq!((told.code, told.err.as_str()), (0, ""));
    }

    #[test]
    fn a_gap_of_one_line_excuses_no_other() {
        let told = tell(WRONG, &gap("classify.generic", "wrong"), None);

        assert_eq!(told.code, 1);
    }

    #[test]
    fn a_stale_gap_is_a_warning_and_in_the_projects_own_cases_a_fault() {
        let folder = folder("classify.jsonl", RIGHT.as_bytes());
        let gaps = Gaps::parse(&gap("classify", "right")).unwrap();
        let report = Report::new(&folder, &gaps, None);

        let (elsewhere, own) = (report.tell(false, false), report.tell(false, true));

        assert_eq!((elsewhere.code, own.code), (0, 1));
        assert!(elsewhere.err.contains("known-gaps.toml:2: stale: right"), "{}", elsewhere.err);
    }

    #[test]
    fn machines_get_every_suite_with_its_failures() {
        let folder = folder("classify.jsonl", WRONG.as_bytes());
        let gaps = Gaps::default();

        let told = Report::new(&folder, &gaps, Some("classify.kind")).tell(true, false);

        let expected = json!({"classify.kind": {
            "passed": 0,
            "total": 1,
            "skipped": 0,
            "failures": [{"id": "wrong", "expected": ["gone", "conflict"], "got": "not_found"}],
        }});
        assert_eq!(serde_json::from_str::<Value>(&told.out).unwrap(), expected);
        assert_eq!(told.code, 1);
    }

    #[test]
    fn what_is_skipped_is_told_with_the_reason() {
        let other = r#"{"id": "a", "request": {"method": "GET"}, "response": {"status": 404}, "expect": {"kind": ["gone", "not_found"], "retryable": false}}"#;

        let told = tell(other, "", Some("classify.retryable"));

        let line = "classify.retryable: 0/0, 1 skipped (the kind is right and not";
        assert!(told.out.starts_with(line), "{}", told.out);
        assert_eq!(told.code, 0);
    }

    #[test]
    fn unknown_files_are_named_and_passed_over() {
        let mut folder = folder("classify.jsonl", RIGHT.as_bytes());
        folder.unknown = vec!["breaker.json".to_owned()];
        let gaps = Gaps::default();
        let report = Report::new(&folder, &gaps, None);

        let (people, machines) = (report.tell(false, false), report.tell(true, false));

        assert!(people.out.ends_with("breaker.json: passed over, no suite reads it\n"));
        assert!(machines.err.starts_with("breaker.json: passed over"), "{}", machines.err);
        assert_eq!((people.code, machines.code), (0, 0));
    }

    #[test]
    fn a_broken_file_is_told_with_line_and_reason_and_goes_before_a_failure() {
        for (name, bytes, place) in [
            ("classify.jsonl", format!("{WRONG}\n{{\n").into_bytes(), "classify.jsonl:2: EOF"),
            ("timing.json", b"{\n\"cases\": 1}".to_vec(), "timing.json:2: invalid type"),
            ("challenges.json", b"{\n\n\xff".to_vec(), "challenges.json:3: not UTF-8"),
        ] {
            let folder = folder(name, &bytes);
            let gaps = Gaps::default();

            let told = Report::new(&folder, &gaps, None).tell(false, false);

            assert!(told.err.contains(place), "{}", told.err);
            assert_eq!(told.code, REFUSED);
        }
    }

    #[test]
    fn a_folder_without_a_case_has_not_passed() {
        for text in ["", "\n"] {
            assert_eq!(tell(text, "", None).code, REFUSED);
        }
        let told = Report::new(&Folder::default(), &Gaps::default(), None).tell(false, false);
        assert_eq!(told.code, REFUSED);
    }

    #[test]
    fn r56_what_a_case_says_cannot_act_on_a_terminal() {
        let hostile = [("wrong", r"\u001b[2J"), ("gone", r"\u001b[2J")];

        for (word, escape) in hostile {
            let told = tell(&WRONG.replace(word, escape), "", None);

            assert!(told.err.contains("\\u{1b}") || told.out.contains("\\u{1b}"), "{told:?}");
            assert!(!told.err.contains('\u{1b}') && !told.out.contains('\u{1b}'), "{told:?}");
        }
    }

    fn tell(text: &str, gaps: &str, selected: Option<&str>) -> Told {
        let gaps = Gaps::parse(gaps).unwrap();
        Report::new(&folder("classify.jsonl", text.as_bytes()), &gaps, selected).tell(false, false)
    }

    fn gap(suite: &str, id: &str) -> String {
        format!("[[gap]]\nsuite = \"{suite}\"\nid = \"{id}\"\nreason = \"why\"\n")
    }

    fn folder(name: &str, bytes: &[u8]) -> Folder {
        let file = File { name: name.to_owned(), bytes: bytes.to_vec() };
        Folder { files: vec![file], ..Folder::default() }
    }
}
