use crate::command::Told;
use crate::folder::Folder;
use crate::suite;

/// Tells each case of the folder that has this id; every suite is searched.
pub(crate) fn explain(folder: &Folder, id: &str) -> Told {
    let mut pages = Vec::new();
    let mut faults = String::new();
    for suite in suite::ALL {
        let Some(bytes) = folder.file(suite.file) else { continue };
        let text = String::from_utf8_lossy(bytes);
        pages.extend((suite.explain)(&text, id));
        // A case may be missing because its line is broken.
        for fault in (suite.run)(&text).faults {
            faults += &format!("{}:{fault}\n", folder.path.join(suite.file).display());
        }
    }
    if pages.is_empty() {
        let place = folder.path.display();
        let mut told = Told::refused(&format!("there is no case `{id}` in {place}"));
        told.err += &faults;
        return told;
    }
    Told { out: pages.join("\n"), err: faults, code: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::File;

    #[test]
    fn every_suite_is_searched() {
        let folder = folder("timing.json", r#"{"cases": [{"headers": {}, "delay": null}]}"#);

        let told = explain(&folder, "cases[0]");

        assert!(told.out.contains("got, right"), "{}", told.out);
        assert_eq!((told.code, told.err.as_str()), (0, ""));
    }

    #[test]
    fn a_case_whose_line_is_broken_is_told_as_such() {
        let told = explain(&folder("classify.jsonl", "{\"id\": \"a\"}\n"), "a");

        assert_eq!(told.code, 2);
        assert!(told.err.contains("no case `a`"), "{}", told.err);
        assert!(told.err.contains("classify.jsonl:1: missing field"), "{}", told.err);
    }

    fn folder(name: &str, text: &str) -> Folder {
        let file = File { name: name.to_owned(), bytes: text.as_bytes().to_vec() };
        Folder { files: vec![file], ..Folder::default() }
    }
}
