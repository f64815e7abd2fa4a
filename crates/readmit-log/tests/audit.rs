//! The audit chain against whoever touches it, and against crashes.

#![cfg(feature = "audit")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use readmit_error::event::{CallContext, Event, Record};
use readmit_log::audit::{Chain, Checkpoint, Key, Tampering, Unverified, Verified, verify};
use readmit_log::{Entry, Output, Scribe};

#[test]
fn r85_a_chain_that_nobody_touched_is_verified_with_and_without_a_key() {
    for key in [None, Some(Key::new(b"k"))] {
        let folder = Folder::new("untouched");
        let checkpoint = folder.write(key.as_ref(), 5);

        let verified = folder.verify(key.as_ref(), Some(&checkpoint)).unwrap();

        assert_eq!(
            (verified.last, verified.crashes, verified.is_unfinished),
            (checkpoint, 0, false)
        );
        assert_eq!(checkpoint.seq(), 5);
    }
}

#[test]
fn r85_a_chain_that_is_opened_again_goes_on() {
    let folder = Folder::new("again");
    folder.write(None, 2);

    let checkpoint = folder.write(None, 3);

    assert_eq!(folder.verify(None, Some(&checkpoint)).unwrap().last.seq(), 5);
}

#[test]
fn r85_whoever_touches_a_line_is_seen_at_that_line() {
    type Touch = fn(&mut Vec<String>);
    let touches: &[(Touch, u64, Tampering)] = &[
        (|lines| lines[2] = lines[2].replace("u_2", "u_x"), 3, Tampering::Changed),
        (|lines| lines[0] = lines[0].replace("u_0", "u_x"), 1, Tampering::Changed),
        (|lines| lines[4] = lines[4].replace("u_4", "u_x"), 5, Tampering::Changed),
        (|lines| drop(lines.remove(2)), 3, Tampering::Removed { lines: 1 }),
        (|lines| drop(lines.drain(0..2)), 1, Tampering::Removed { lines: 2 }),
        (|lines| lines.insert(3, lines[1].clone()), 4, Tampering::Inserted),
        (|lines| lines.insert(3, "{\"entry\":{}}".to_owned()), 4, Tampering::Inserted),
        (|lines| lines.swap(1, 3), 2, Tampering::Reordered),
        (|lines| lines.truncate(3), 4, Tampering::CutShort { lines: 2 }),
        (Vec::clear, 1, Tampering::CutShort { lines: 5 }),
    ];
    for key in [None, Some(Key::new(b"k"))] {
        for (touch, line, tampering) in touches {
            let folder = Folder::new("touched");
            let checkpoint = folder.write(key.as_ref(), 5);
            let mut lines = folder.lines();
            touch(&mut lines);
            folder.replace(&lines);

            let Err(Unverified::Broken(broken)) = folder.verify(key.as_ref(), Some(&checkpoint))
            else {
                panic!("{tampering:?} was not seen");
            };

            assert_eq!((broken.line, broken.tampering), (*line, *tampering));
        }
    }
}

#[test]
fn r85_a_line_that_was_replaced_with_its_hash_is_seen_too() {
    // Somebody without the key makes the third line anew, by writing another chain.
    let folder = Folder::new("replaced");
    let checkpoint = folder.write(None, 5);
    let other = Folder::new("other");
    other.write_users(None, &["u_0", "u_1", "u_x"]);
    let mut lines = folder.lines();
    lines[2] = other.lines()[2].clone();
    folder.replace(&lines);

    let Err(Unverified::Broken(broken)) = folder.verify(None, Some(&checkpoint)) else {
        panic!("seen")
    };

    assert_eq!((broken.line, broken.tampering), (3, Tampering::Changed));
}

#[test]
fn r85_a_chain_that_was_written_anew_does_not_fit_to_its_checkpoint_or_key() {
    let folder = Folder::new("anew");
    let checkpoint = folder.write(None, 3);
    let other = Folder::new("anew-other");
    other.write_users(None, &["u_x", "u_1", "u_2"]);
    folder.replace(&other.lines());

    let by_checkpoint = folder.verify(None, Some(&checkpoint));
    let by_key = folder.verify(Some(&Key::new(b"k")), None);

    let Err(Unverified::Broken(broken)) = by_checkpoint else { panic!("seen") };
    assert_eq!((broken.line, broken.tampering), (3, Tampering::Rewritten));
    let Err(Unverified::Broken(broken)) = by_key else { panic!("seen") };
    assert_eq!((broken.line, broken.tampering), (1, Tampering::Changed));
}

#[test]
fn r85_a_crash_at_any_byte_is_closed_off() {
    let folder = Folder::new("torn");
    folder.write(None, 3);
    let whole = fs::read(folder.path()).unwrap();
    for length in 0..=whole.len() {
        fs::write(folder.path(), &whole[..length]).unwrap();

        let unfinished = folder.verify(None, None).unwrap();
        let checkpoint = folder.write(None, 1);
        let verified = folder.verify(None, Some(&checkpoint)).unwrap();

        let complete = whole[..length].iter().filter(|byte| **byte == b'\n').count() as u64;
        assert!(complete <= unfinished.last.seq(), "{length}");
        assert!(complete < verified.last.seq(), "{length}");
        assert!(verified.crashes <= 1, "{length}");
    }
}

#[test]
fn r85_a_crash_while_a_crash_is_closed_off_is_closed_off_too() {
    let folder = Folder::new("torn-twice");
    folder.write(None, 2);
    let mut bytes = fs::read(folder.path()).unwrap();
    bytes.truncate(bytes.len() - 20);
    fs::write(folder.path(), &bytes).unwrap();
    folder.write(None, 0);
    let closed = fs::read(folder.path()).unwrap();
    for length in bytes.len()..closed.len() {
        fs::write(folder.path(), &closed[..length]).unwrap();

        let checkpoint = folder.write(None, 1);

        folder.verify(None, Some(&checkpoint)).unwrap();
    }
}

#[test]
fn r85_lines_that_a_crash_tore_cannot_be_removed_or_changed() {
    let folder = Folder::new("torn-touched");
    folder.write(None, 2);
    let mut file = fs::OpenOptions::new().append(true).open(folder.path()).unwrap();
    file.write_all(b"{\"seq\":3,\"pr").unwrap();
    let checkpoint = folder.write(None, 1);
    assert_eq!(folder.verify(None, Some(&checkpoint)).unwrap().crashes, 1);
    let lines = folder.lines();

    for (torn, expected) in
        [(None, Tampering::Removed { lines: 1 }), (Some("x"), Tampering::Inserted)]
    {
        let mut touched = lines.clone();
        match torn {
            Some(text) => touched[2] = text.to_owned(),
            None => drop(touched.remove(2)),
        }
        folder.replace(&touched);

        let Err(Unverified::Broken(broken)) = folder.verify(None, None) else { panic!("seen") };

        assert_eq!((broken.line, broken.tampering), (3, expected));
    }
}

#[test]
fn r85_a_line_that_was_forged_at_the_end_is_no_crash_to_the_next_writer() {
    type Touch = fn(&mut Vec<String>);
    let touches: &[(Touch, u64)] = &[
        (|lines| lines[4] = lines[4].replace("u_4", "u_x"), 5),
        (|lines| lines.push(lines[4].replace("\"seq\":5", "\"seq\":6")), 6),
        (|lines| lines.extend(["{\"seq\":6,".to_owned(), lines[4].replace("u_4", "u_x")]), 7),
    ];
    for key in [None, Some(Key::new(b"k"))] {
        for (touch, line) in touches {
            let folder = Folder::new("forged");
            folder.write(key.as_ref(), 5);
            let mut lines = folder.lines();
            touch(&mut lines);
            folder.replace(&lines);
            let whole = fs::read(folder.path()).unwrap();
            fs::write(folder.path(), &whole[..whole.len() - 1]).unwrap();

            let before = folder.verify(key.as_ref(), None);
            folder.write(key.as_ref(), 2);
            let after = folder.verify(key.as_ref(), None);

            for verified in [before, after] {
                let Err(Unverified::Broken(broken)) = verified else { panic!("{verified:?}") };
                assert_eq!((broken.line, broken.tampering), (*line, Tampering::Changed));
            }
        }
    }
}

#[test]
fn r85_one_chain_has_one_writer_and_one_key() {
    let folder = Folder::new("writers");
    let key = Key::new(b"k");
    let chain = Chain::options().key(key.clone()).open(folder.path()).unwrap();

    let second = Chain::options().key(key.clone()).open(folder.path()).unwrap_err();
    drop(chain);
    folder.write(Some(&key), 1);
    let other_key = Chain::options().key(Key::new(b"other")).open(folder.path()).unwrap_err();

    assert_eq!(second.kind(), std::io::ErrorKind::WouldBlock);
    assert_eq!(other_key.kind(), std::io::ErrorKind::InvalidData);
}

/// A process that writes is killed again and again; each time the chain is whole up to what the
/// process had told, and goes on.
///
/// `READMIT_AUDIT_KILLS` says how often; 1,000 take about a minute.
#[test]
fn r85_a_chain_survives_kills_in_the_middle_of_writing() {
    if let Some(path) = std::env::var_os(CHILD) {
        return write_until_killed(Path::new(&path));
    }
    let kills = std::env::var("READMIT_AUDIT_KILLS").map_or(KILLS, |kills| kills.parse().unwrap());
    let folder = Folder::new("kills");
    let key = Key::new(b"k");
    let mut told = 0;
    let mut crashes = 0;
    for kill in 0..kills {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "r85_a_chain_survives_kills_in_the_middle_of_writing", "--nocapture"])
            .env(CHILD, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        // Some lines later than the last time, so that the kill falls elsewhere.
        for _ in 0..1 + kill % 7 {
            told = next_told(&mut out).unwrap_or(told);
        }
        // While a line is written the file grows by and by.
        let length = folder.length();
        while kill % 2 == 0 && folder.length() == length && child.try_wait().unwrap().is_none() {}
        child.kill().unwrap();
        child.wait().unwrap();
        while let Some(seq) = next_told(&mut out) {
            told = seq;
        }

        let verified = folder.verify(Some(&key), None).unwrap();

        assert!(told <= verified.last.seq(), "{told} were told, {verified:?}");
        // A long log makes the next opening slow, and shows nothing more.
        if 1 << 18 < folder.length() {
            crashes += verified.crashes;
            fs::remove_file(folder.path()).unwrap();
            told = 0;
        }
    }
    println!("{kills} kills tore {crashes} lines");
    assert!(0 < kills);
}

/// What the child runs: entries of many pages, each told when it is written.
fn write_until_killed(path: &Path) {
    let mut chain = Chain::options().key(Key::new(b"k")).open(path).unwrap();
    let long = entry(&"x".repeat(200)).attribute("pages", &"y".repeat(60_000));
    for number in 0.. {
        let short = entry(&number.to_string());
        chain.write(if number % 4 == 0 { &short } else { &long }).unwrap();
        println!("\n{TOLD}{}", chain.checkpoints().latest().seq());
    }
}

fn next_told(out: &mut impl BufRead) -> Option<u64> {
    let mut line = String::new();
    while 0 < out.read_line(&mut line).unwrap() {
        if let Some(seq) = line.trim().strip_prefix(TOLD).and_then(|seq| seq.parse().ok()) {
            return Some(seq);
        }
        line.clear();
    }
    None
}

const CHILD: &str = "READMIT_AUDIT_CHILD";
const TOLD: &str = "told ";
const KILLS: u32 = 100;

fn entry(user: &str) -> Entry {
    let event = Event::MonitorDisabled { monitor: user.to_owned() };
    let call = CallContext::default();
    Scribe::default().entry(&Record::new(SystemTime::UNIX_EPOCH, event).call(call))
}

/// A folder of its own for a test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        use std::sync::atomic::{AtomicU32, Ordering};
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("readmit-audit-{}-{number}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        Folder(folder)
    }

    fn path(&self) -> PathBuf {
        self.0.join("audit.log")
    }

    fn write(&self, key: Option<&Key>, count: u32) -> Checkpoint {
        let users: Vec<_> = (0..count).map(|number| format!("u_{number}")).collect();
        self.write_users(key, &users.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn write_users(&self, key: Option<&Key>, users: &[&str]) -> Checkpoint {
        let options = Chain::options();
        let options = match key {
            Some(key) => options.key(key.clone()),
            None => options,
        };
        let mut chain = options.open(self.path()).unwrap();
        users.iter().for_each(|user| chain.write(&entry(user)).unwrap());
        chain.checkpoints().latest()
    }

    fn verify(
        &self,
        key: Option<&Key>,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<Verified, Unverified> {
        verify(BufReader::new(fs::File::open(self.path()).unwrap()), key, checkpoint)
    }

    fn length(&self) -> u64 {
        fs::metadata(self.path()).unwrap().len()
    }

    fn lines(&self) -> Vec<String> {
        fs::read_to_string(self.path()).unwrap().lines().map(str::to_owned).collect()
    }

    fn replace(&self, lines: &[String]) {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        fs::write(self.path(), text).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left behind does no harm.
        let _ = fs::remove_dir_all(&self.0);
    }
}
