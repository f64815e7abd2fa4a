use crate::program::readmit;

#[test]
fn each_shell_has_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ended = readmit(&["completions", shell], b"");

        assert!(ended.out.contains("serve-faults"), "{shell}");
        assert!(ended.out.contains("clock-ahead"), "{shell}");
        assert_eq!(ended.status, 0);
    }
}

#[test]
fn a_command_to_copy_is_on_one_line() {
    for (name, command) in [
        ("completions", "readmit completions bash > readmit.bash"),
        ("man", "readmit man explain | man -l -"),
    ] {
        let ended = readmit(&[name, "--help"], b"");

        assert!(ended.out.lines().any(|line| line.contains(command)), "{}", ended.out);
    }
}

#[test]
fn the_manual_has_a_page_for_each_command() {
    let program = readmit(&["man"], b"");
    let explain = readmit(&["man", "explain"], b"");
    let unknown = readmit(&["man", "moon"], b"");

    assert!(program.out.contains(".TH readmit 1"), "{}", program.out);
    assert!(program.out.contains("serve\\-faults"), "{}", program.out);
    assert!(explain.out.contains(".TH readmit-explain 1"), "{}", explain.out);
    assert!(explain.out.contains("Exit status"), "{}", explain.out);
    assert_eq!((program.status, explain.status, unknown.status), (0, 0, 64));
}
