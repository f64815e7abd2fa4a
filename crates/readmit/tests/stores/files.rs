//! The store in a file.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::time::Duration;

use readmit::error::Kind;
use readmit::store::{self, Store, Swap};
use readmit_testkit::Api;

use crate::{
    folder, get, later, put, record, refresh_token_in, refreshes, refused, signed_in, started,
};

#[tokio::test(start_paused = true)]
async fn r20_a_session_in_a_file_goes_on_at_the_next_start() {
    let api = Api::new();
    let path = folder("next").join("session.json");

    for _ in 0..3 {
        get(&signed_in(&api, store::file(&path))).await.unwrap();
        get(&started(&api, store::file(&path))).await.unwrap();
        api.expire_access_tokens();
        later(2 * 60 * 60).await;
    }

    assert_eq!((refreshes(&api), refused(&api)), (3, 0));
}

#[tokio::test]
async fn r55_only_its_owner_can_read_what_is_written() {
    let folder = folder("mode");
    let path = folder.join("session.json");

    put(&store::file(&path), 1, "r1").await;
    let lock = store::file(&path).lock(Duration::ZERO).await.unwrap();

    assert!(lock.is_some());
    for file in fs::read_dir(&folder).unwrap() {
        assert_eq!(mode(&file.unwrap().path()), 0o600);
    }
}

#[tokio::test]
async fn r55_a_file_that_others_can_read_is_made_private() {
    let path = folder("mend").join("session.json");
    fs::write(&path, record_of("r1")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();

    let found = refresh_token_in(&store::file(&path)).await;

    assert_eq!(found.as_deref(), Some("r1"));
    assert_eq!(mode(&path), 0o600);
}

#[tokio::test(start_paused = true)]
async fn r98_what_cannot_be_read_is_never_written_over() {
    for unreadable in ["", "{", r#"{"version":9,"readable_from":9}"#, "[1]"] {
        let api = Api::new();
        let path = folder("unreadable").join("session.json");
        fs::write(&path, unreadable).unwrap();

        let error = get(&signed_in(&api, store::file(&path))).await.unwrap_err();

        assert_eq!(error.failure().kind(), Kind::InvalidCredentials, "{unreadable}");
        assert_eq!(fs::read_to_string(&path).unwrap(), unreadable);
        assert_eq!(refreshes(&api), 0);
        let told = store::file(&path).load().await.unwrap_err();
        assert!(told.is_unreadable() && told.to_string().contains("move it away"), "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn r98_what_a_later_version_added_is_kept() {
    let api = Api::new();
    let path = folder("later").join("session.json");
    let token = api.new_refresh_token();
    let stored = format!(r#"{{"version":1,"epoch":3,"refresh_token":"{token}","later":[1]}}"#);
    fs::write(&path, stored).unwrap();

    get(&started(&api, store::file(&path))).await.unwrap();

    assert!(fs::read_to_string(&path).unwrap().contains(r#""later":[1]"#));
}

#[tokio::test(start_paused = true)]
async fn r18_where_nothing_can_be_written_the_session_goes_on_in_memory() {
    let api = Api::new();
    let path = folder("full").join("session.json");
    // As on a full disk, but for everybody, root included.
    for taken in ["session.json.tmp", "session.json.lock"] {
        fs::create_dir(path.with_file_name(taken)).unwrap();
    }
    let client = signed_in(&api, store::file(&path));

    for _ in 0..3 {
        get(&client).await.unwrap();
        api.expire_access_tokens();
    }

    assert_eq!((refreshes(&api), refused(&api)), (3, 0));
    assert!(!path.exists());
}

#[tokio::test]
async fn what_a_killed_process_left_is_in_nobodys_way() {
    let path = folder("left").join("session.json");
    let left = path.with_file_name("session.json.tmp");
    fs::write(&left, "half of a rec").unwrap();
    fs::write(path.with_file_name("session.json.lock"), "").unwrap();

    put(&store::file(&path), 1, "r1").await;

    assert_eq!(refresh_token_in(&store::file(&path)).await.as_deref(), Some("r1"));
    assert!(!left.exists());
}

#[tokio::test]
async fn r55_what_a_killed_process_left_goes_with_the_session() {
    let path = folder("left-deleted").join("session.json");
    let left = path.with_file_name("session.json.tmp");
    put(&store::file(&path), 1, "r1").await;
    fs::write(&left, record_of("r2")).unwrap();

    let lock = store::file(&path).lock(Duration::ZERO).await.unwrap().unwrap();
    let deleted = store::file(&path).delete(&lock, &"r1".into()).await.unwrap();

    assert_eq!(deleted, Swap::Done);
    assert!(!path.exists() && !left.exists());
}

#[tokio::test]
async fn r20_a_write_that_is_still_under_way_is_waited_for() {
    let path = folder("turns").join("session.json");
    let store = store::file(&path);
    let lock = store.lock(Duration::ZERO).await.unwrap().unwrap();

    for epoch in 1..=64 {
        let expected = Some(epoch - 1).filter(|epoch| 0 < *epoch);
        let (one, other) = (record(epoch, "r1"), record(epoch, "r2"));

        let (one, other) =
            tokio::join!(store.write(&lock, &one, expected), store.write(&lock, &other, expected));

        let swaps = [one.unwrap(), other.unwrap()];
        assert!(swaps.contains(&Swap::Done) && swaps.contains(&Swap::Conflicted), "{epoch}");
    }
}

#[tokio::test]
async fn a_link_stays_a_link() {
    let folder = folder("link");
    let (path, link) = (folder.join("session.json"), folder.join("link.json"));
    fs::write(&path, record_of("r1")).unwrap();
    symlink(&path, &link).unwrap();

    put(&store::file(&link), 2, "r2").await;

    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(refresh_token_in(&store::file(&path)).await.as_deref(), Some("r2"));
}

#[tokio::test]
async fn a_link_to_a_file_that_is_not_there_yet_stays_a_link() {
    let folder = folder("link-ahead");
    fs::create_dir(folder.join("kept")).unwrap();
    let path = folder.join("kept/session.json");
    symlink("kept/session.json", folder.join("first.json")).unwrap();
    symlink(folder.join("first.json"), folder.join("second.json")).unwrap();

    put(&store::file(folder.join("second.json")), 1, "r1").await;

    for link in ["first.json", "second.json"] {
        assert!(fs::symlink_metadata(folder.join(link)).unwrap().is_symlink(), "{link}");
    }
    assert!(fs::symlink_metadata(&path).unwrap().is_file());
    assert_eq!(refresh_token_in(&store::file(&path)).await.as_deref(), Some("r1"));
}

#[tokio::test]
async fn r21_one_at_a_time_has_the_lock() {
    let path = folder("lock").join("session.json");
    let (one, other) = (store::file(&path), store::file(&path));

    let held = one.lock(Duration::ZERO).await.unwrap().unwrap();
    let kept_out = other.lock(Duration::ZERO).await.unwrap();
    drop(held);
    let free = other.lock(Duration::ZERO).await.unwrap();

    assert!(kept_out.is_none() && free.is_some());
}

#[tokio::test]
async fn r22_only_what_is_expected_is_written_over_or_deleted() {
    let path = folder("compare").join("session.json");
    let store = store::file(&path);
    let lock = store.lock(Duration::ZERO).await.unwrap().unwrap();
    put(&store, 4, "r4").await;

    let stale = store.write(&lock, &record(4, "mine"), Some(3)).await.unwrap();
    let first = store.write(&lock, &record(1, "mine"), None).await.unwrap();
    let others = store.delete(&lock, &"r3".into()).await.unwrap();
    let kept = refresh_token_in(&store).await;
    let its = store.delete(&lock, &"r4".into()).await.unwrap();

    assert_eq!([stale, first, others], [Swap::Conflicted; 3]);
    assert_eq!((kept.as_deref(), its), (Some("r4"), Swap::Done));
    assert!(!path.exists());
}

fn record_of(token: &str) -> String {
    format!(r#"{{"version":1,"epoch":1,"refresh_token":"{token}"}}"#)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
