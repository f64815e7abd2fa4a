use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use readmit_core::{Clock, SystemClock};
use readmit_error::event::{CallContext, Event, Record};
use readmit_error::{Failure, Kind, Origin};
use readmit_log::audit::{Chain, Key};
use readmit_log::{Identity, Output, Rendering, Scribe};

use crate::program::{Ended, command, readmit};

#[test]
fn r89_a_log_is_summarised_with_the_alerts_that_would_have_fired() {
    let log = refusals(30).concat();

    let ended = readmit(&["logs"], log.as_bytes());

    for words in [
        "30 lines, 30 entries",
        "2026-01-15T10:00:00Z to 2026-01-15T10:29:00Z (29 min)",
        "AUTH_002",
        "api.example.test",
        "GET /items/{id}",
        "high     AUTH_002 from 2026-01-15T10:10:00Z on, for 19 min and still stood",
        "verdict: ",
    ] {
        assert!(ended.out.contains(words), "{words}: {}", ended.out);
    }
    assert!(ended.out.ends_with("stand at the end\n"), "{}", ended.out);
    assert_eq!((ended.err.as_str(), ended.status), ("", 0));
    assert!(!ended.out.contains('\u{1b}'), "colours are for terminals");
}

#[test]
fn the_histories_of_codes_begin_and_end_together() {
    let line = |minute: u32, code: &str| {
        format!(
            "{{\"timestamp\":\"2026-01-15T10:0{minute}:00Z\",\
             \"error_type\":\"server_error\",\"error_code\":\"{code}\"}}\n"
        )
    };
    let log = [line(0, "E_OLD"), line(5, "E_NEW")].concat();

    let ended = readmit(&["logs", "--ascii"], log.as_bytes());

    let drawn = |code: &str| {
        let line = ended.out.lines().find(|line| line.trim_start().starts_with(code)).unwrap();
        line.rfind('|').unwrap()
    };
    assert!(ended.out.contains("trend     last 6 min\n"), "{}", ended.out);
    assert_eq!(drawn("E_NEW") - drawn("E_OLD"), 5, "{}", ended.out);
}

#[test]
fn one_line_is_no_plural() {
    let log = r#"{"timestamp":"2026-01-15T10:00:00Z","error_type":"authentication_error"}"#;

    let ended = readmit(&["logs"], log.as_bytes());

    assert!(ended.out.contains("1 line, 1 entry\n"), "{}", ended.out);
}

#[test]
fn r81_all_renderings_count_the_same() {
    let entries: Vec<_> = (0..12).map(entry).collect();
    for rendering in [Rendering::Documented, Rendering::Ecs, Rendering::Json, Rendering::Ocsf] {
        let lines = entries.iter().map(|entry| entry.render(rendering) + "\n");
        let log: String = lines.collect();

        let told = readmit(&["logs", "--json"], log.as_bytes()).json();

        assert_eq!(told["codes"][0]["code"], "AUTH_002", "{rendering:?}");
        assert_eq!(told["codes"][0]["count"], 12, "{rendering:?}");
        let rules: Vec<_> =
            told["alerts"].as_array().unwrap().iter().map(|alert| &alert["rule"]).collect();
        assert!(rules.contains(&&"AUTH_002".into()), "{rendering:?}: {rules:?}");
        assert_eq!(told["routes"]["most"][0]["name"], "GET /items/{id}", "{rendering:?}");
    }
}

#[test]
fn entries_are_chosen_by_time_code_and_origin() {
    let log = refusals(30).concat();

    let some = |arguments: &[&str]| {
        let ended = readmit(&[&["logs", "--json"], arguments].concat(), log.as_bytes());
        (ended.status, if ended.status == 0 { ended.json()["entries"].as_u64() } else { None })
    };

    let since = ["--since", "2026-01-15T10:20:00Z"];
    assert_eq!(some(&since), (0, Some(10)));
    assert_eq!(some(&[&since[..], &["--until", "2026-01-15T10:25:00Z"]].concat()), (0, Some(5)));
    assert_eq!(some(&["--code", "invalid_credentials"]), (0, Some(30)));
    assert_eq!(some(&["--origin", "api.example.test:443"]), (0, Some(30)));
    assert_eq!(some(&["--origin", "other.test"]), (65, None));
    assert_eq!(some(&["--since", "then"]), (64, None));
    assert_eq!(some(&["--threshold", "AUTH_002"]), (64, None));
    assert_eq!(some(&["--threshold", "AUTH_002=0"]), (64, None));
}

#[test]
fn rolled_files_are_one_log() {
    let folder = Folder::new("rolled");
    let lines = refusals(30);
    let files = [("a.log.2", &lines[..10]), ("a.log.1", &lines[10..20]), ("a.log", &lines[20..])];
    let paths = files.map(|(name, lines)| folder.write(name, &lines.concat()));
    // As a shell writes them.
    let names = [&paths[2], &paths[1], &paths[0]].map(|path| path.to_str().unwrap());

    let told = readmit(&[&["logs", "--json"], &names[..]].concat(), b"").json();

    assert_eq!((&told["entries"], &told["backwards"]), (&30.into(), &0.into()));
    assert!(told["files"][0]["file"].as_str().unwrap().ends_with("a.log.2"));
    assert_eq!(told["alerts"][0]["started_at"], "2026-01-15T10:10:00Z");
}

#[test]
fn r83_a_hostile_log_acts_on_nothing_and_tells_no_secret() {
    let escape = "\u{1b}]0;owned\u{7}\u{202e}";
    let line = |user: &str, code: &str| {
        serde_json::json!({
            "timestamp": "2026-01-15T10:00:00Z", "level": "ERROR", "severity": "error",
            "event": "readmit.auth.credentials.rejected", "error_type": "invalid_credentials",
            "error_code": code, "endpoint": format!("GET /x{escape}?token=Zk8wq"),
            "user_id": user, "attributes": {"server.address": escape, "readmit.auth.consecutive_failures": 1},
        })
        .to_string()
    };
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJadzh3cSJ9.c2lnbmF0dXJlLVp3OHdx";
    let mut log = Vec::new();
    for part in [
        line(escape, escape).into_bytes(),
        line("<script>alert(1)</script>", "</title><script>").into_bytes(),
        format!("Authorization: Bearer {jwt}{escape}").into_bytes(),
        b"{\"event\":\"\xff\xfe".to_vec(),
        vec![0; 50],
        line("u", jwt).into_bytes(),
        b"{\"timestamp\":\"9999-12-31T23:59:60Z\",\"event\":\"e\"}".to_vec(),
        b"{\"timestamp\":\"0001-01-01T00:00:00Z\",\"event\":\"e\"}".to_vec(),
        b"[".repeat(10_000),
        [&b"{\"timestamp\":\"2026-01-15T10:00:00Z\",\"event\":"[..], &b"[".repeat(10_000)].concat(),
    ] {
        log.extend(part);
        log.push(b'\n');
    }
    let folder = Folder::new("hostile");
    let [svg, html] = ["c.svg", "c.html"].map(|name| folder.0.join(name));
    let arguments = ["--svg", svg.to_str().unwrap(), "--html", html.to_str().unwrap(), "--ascii"];

    let shown = readmit(&[&["logs"], &arguments[..]].concat(), &log);
    let json = readmit(&["logs", "--json"], &log);

    assert_eq!((shown.status, json.status), (0, 0), "{}", shown.err);
    let drawn = fs::read_to_string(&svg).unwrap() + &fs::read_to_string(&html).unwrap();
    for told in [&shown.out, &json.out, &drawn] {
        let acting = told.chars().find(|c| readmit_error::acts(*c) && *c != '\n');
        assert_eq!(acting, None, "{told:?}");
        assert!(!told.contains("Zk8wq") && !told.contains(&jwt[..30]), "{told}");
    }
    assert!(!drawn.contains("<script"), "{drawn}");
    assert_eq!(json.json()["unreadable"], 5);
}

#[test]
fn r87_any_number_of_codes_takes_bounded_room() {
    let mut log = String::new();
    for number in 0..50_000 {
        log += &format!(
            "{{\"timestamp\":\"2026-01-15T10:00:00Z\",\"error_type\":\"authentication_error\",\
             \"error_code\":\"E{number}\",\"user_id\":\"u{number}\"}}\n"
        );
        if number % 10 == 0 {
            log += "{\"timestamp\":\"2026-01-15T10:00:00Z\",\"error_type\":\"authentication_error\",\
                    \"error_code\":\"OFTEN\"}\n";
        }
    }

    let told = readmit(&["logs", "--json"], log.as_bytes()).json();

    assert_eq!(told["entries"], 55_000);
    assert_eq!(told["codes"][0]["code"], "OFTEN");
    assert!(0 < told["principals"]["error"].as_u64().unwrap());
}

#[test]
fn a_line_of_many_megabytes_is_passed_over() {
    let mut log = refusals(2).concat().into_bytes();
    log.extend(b"{\"event\":\"");
    log.extend(vec![b'x'; 5 << 20]);
    log.extend(b"\"}\n");
    log.extend(refusals(1).concat().into_bytes());

    let told = readmit(&["logs", "--json"], &log).json();

    assert_eq!(
        (&told["lines"], &told["entries"], &told["unreadable"]),
        (&4.into(), &3.into(), &1.into())
    );
    assert_eq!(told["first_unreadable"][0]["line"], 3);
}

#[test]
fn r85_a_chain_is_verified() {
    let folder = Folder::new("chain");
    let path = folder.0.join("audit.log");
    let key = folder.write("key", "from a vault\n");
    let (key, log) = (key.to_str().unwrap(), path.to_str().unwrap());
    let mut chain = Chain::options().key(Key::new(b"from a vault")).open(&path).unwrap();
    for number in 0..40 {
        chain.write(&entry(number)).unwrap();
    }
    let checkpoint = chain.checkpoints().latest().to_string();
    drop(chain);

    let intact = readmit(&["logs", "--key", key, "--checkpoint", &checkpoint, log], b"");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("10:07:00", "10:08:00", 1)).unwrap();
    let changed = readmit(&["logs", "--key", key, "--json", log], b"");
    let short: String = text.lines().take(39).map(|line| format!("{line}\n")).collect();
    fs::write(&path, &short).unwrap();
    let cut = readmit(&["logs", "--key", key, "--checkpoint", &checkpoint, "--json", log], b"");
    let by_variable = command(&["logs", log]).env("READMIT_AUDIT_KEY", "from a vault").output();
    let without = readmit(&["logs", log], b"");
    let plain = readmit(&["logs", "--verify"], refusals(3).concat().as_bytes());

    assert!(intact.out.contains("intact, 40 lines"), "{}", intact.out);
    assert!(intact.out.contains("verdict: the chain is intact; "), "{}", intact.out);
    assert_eq!(
        finding(&changed),
        "broken at line 8: it is not as it was written, or the key is another"
    );
    assert_eq!((intact.status, changed.status, cut.status), (0, 1, 1));
    assert_eq!(finding(&cut), "broken at line 40: 1 lines are missing at the end");
    assert_eq!(by_variable.unwrap().status.code(), Some(0));
    assert_eq!((without.status, plain.status), (1, 1));
    assert!(!format!("{}{}", intact.out, changed.out).contains("vault"));
}

#[test]
fn r85_a_chain_in_several_files_is_one() {
    let folder = Folder::new("chains");
    let path = folder.0.join("audit.log");
    let mut chain = Chain::options().open(&path).unwrap();
    for number in 0..40 {
        chain.write(&entry(number)).unwrap();
    }
    drop(chain);
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = text.lines().map(|line| format!("{line}\n")).collect();
    let [one, two] = [("a.1", &lines[..15]), ("a", &lines[15..])]
        .map(|(name, lines)| folder.write(name, &lines.concat()));

    let both = readmit(&["logs", two.to_str().unwrap(), one.to_str().unwrap()], b"");
    let second = readmit(&["logs", "--json", two.to_str().unwrap()], b"");
    let other = readmit(&["logs", path.to_str().unwrap(), one.to_str().unwrap(), "--json"], b"");

    assert!(both.out.contains("intact, 40 lines"), "{}", both.out);
    assert_eq!(finding(&second), "broken at line 1: 15 lines before it are missing");
    assert_eq!((both.status, second.status, other.status), (0, 1, 0));
    assert_eq!(other.json()["chains"].as_array().unwrap().len(), 2);
}

#[test]
fn the_page_and_the_chart_are_whole_and_need_nothing_else() {
    let folder = Folder::new("page");
    let [svg, html] = ["c.svg", "c.html"].map(|name| folder.0.join(name));
    let log = folder.write("a.log", &refusals(30).concat());
    let log = log.to_str().unwrap();
    let arguments = ["logs", log, "--svg", svg.to_str().unwrap(), "--html", html.to_str().unwrap()];

    let ended = readmit(&arguments, b"");
    let itself = readmit(&["logs", log, "--html", log], b"");

    assert_eq!((ended.status, itself.status), (0, 64), "{}", ended.err);
    let svg = fs::read_to_string(svg).unwrap();
    let html = fs::read_to_string(html).unwrap();
    assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"), "{svg}");
    for drawn in [&svg, &html] {
        for words in ["<title id=", "<desc id=", "role=\"img\"", "prefers-color-scheme:dark"] {
            assert!(drawn.contains(words), "{words}");
        }
        let addresses = drawn.replace("http://www.w3.org/2000/svg", "");
        assert!(!addresses.contains("http:") && !addresses.contains("https:"), "{addresses}");
        assert!(!drawn.contains("<script") && !drawn.contains("url("), "{drawn}");
        balanced(drawn);
    }
    assert!(html.contains("AUTH_002 from 2026-01-15T10:10:00Z"), "{html}");
}

#[test]
fn what_cannot_be_read_is_said() {
    for (arguments, input, status, words) in [
        (&["logs"][..], "", 65, "the log is empty"),
        (&["logs"], "plain words\n", 65, "no entry in 1 line"),
        (&["logs", "no-such-file"], "", 66, "cannot read no-such-file"),
        (&["logs", "."], "", 66, "cannot read ."),
        (&["logs", "--follow"], "", 64, "only a file can be followed"),
        (&["logs", "--checkpoint", "x"], "", 64, "a checkpoint looks like"),
    ] {
        let ended = readmit(arguments, input.as_bytes());

        assert_eq!(ended.status, status, "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains(words), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn a_log_is_followed_through_a_rotation() {
    let folder = Folder::new("follow");
    // Time goes on by the wall clock where a log is followed, so it is a log of the last minutes.
    let begin = SystemClock.wall() - Duration::from_secs(15 * 60);
    let lines: Vec<_> = (0..12).map(|minute| line(begin, minute)).collect();
    let path = folder.write("a.log", &lines[..9].concat());
    let mut child = command(&["logs", "--follow", path.to_str().unwrap()])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);

    let begun = out.next().unwrap();
    append(&path, &lines[9]);
    let tenth = out.next().unwrap();
    fs::rename(&path, folder.0.join("a.log.1")).unwrap();
    append(&path, &lines[10]);
    let eleventh = out.next().unwrap();
    let alert = out.next().unwrap();

    child.kill().unwrap();
    child.wait().unwrap();
    assert!(begun.starts_with("following "), "{begun}");
    for (entry, minute) in [(tenth, 9), (eleventh, 10)] {
        let at = readmit_error::rfc3339::format(begin + Duration::from_secs(minute * 60));
        let expected = format!("{at} ERROR readmit.auth.credentials.rejected");
        assert!(entry.starts_with(&expected), "{entry}");
    }
    assert!(alert.starts_with("alert: "), "{alert}");
}

fn finding(ended: &Ended) -> String {
    ended.json()["chains"][0]["finding"].as_str().unwrap().to_owned()
}

/// Every element that is opened is closed, in the right order.
fn balanced(markup: &str) {
    let mut open = Vec::new();
    let mut rest = markup;
    while let Some((_, after)) = rest.split_once('<') {
        let (tag, then) = after.split_once('>').unwrap();
        rest = then;
        let name = tag.split_whitespace().next().unwrap().trim_end_matches('/');
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{tag}"),
            None if tag.ends_with('/') || ["!DOCTYPE", "meta"].contains(&name) => {}
            None => open.push(name),
        }
    }
    assert_eq!(open, Vec::<&str>::new());
}

/// A refused key a minute.
fn refusals(count: u64) -> Vec<String> {
    (0..count).map(|minute| entry(minute).render(Rendering::Json) + "\n").collect()
}

fn line(begin: SystemTime, minute: u64) -> String {
    let at = begin + Duration::from_secs(minute * 60);
    entry_at(at).render(Rendering::Json) + "\n"
}

fn entry(minute: u64) -> readmit_log::Entry {
    let begin = readmit_error::rfc3339::parse("2026-01-15T10:00:00Z").unwrap();
    entry_at(begin + Duration::from_secs(minute * 60))
}

fn entry_at(at: SystemTime) -> readmit_log::Entry {
    let failure = Failure::builder(Kind::InvalidCredentials, Origin::Answer { status: 401 })
        .code("AUTH_002")
        .build();
    let mut call = CallContext::default().user("u_1").template("/items/{id}");
    call.method = Some("GET".to_owned());
    call.server = Some("api.example.test".to_owned());
    call.port = Some(443);
    let event = Event::CredentialsRejected { challenge_error: None, consecutive: 1 };
    let record = Record::new(at, event).call(call).failure(failure);
    Scribe::default().identity(Identity::Named).entry(&record)
}

fn append(path: &Path, text: &str) {
    let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// A folder that is gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let name = format!("readmit-logs-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
