use std::env;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// A shell that is kept through a page, so that a variable, a folder and `$?` are those of the
/// command before.
#[derive(Debug)]
pub(super) struct Shell {
    child: Child,
    /// Gone once the shell is told to end.
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    home: PathBuf,
    port: String,
    servers: u32,
}

impl Shell {
    /// Begins in an empty folder, with the program under test before all others.
    pub(super) fn start(program: &Path, home: &Path) -> io::Result<Shell> {
        if home.exists() {
            fs::remove_dir_all(home)?;
        }
        fs::create_dir_all(home)?;
        let first = program.parent().map(Path::to_path_buf).into_iter();
        let others = env::var_os("PATH").unwrap_or_default();
        let path = env::join_paths(first.chain(env::split_paths(&others)));
        let mut child = Command::new("sh")
            .current_dir(home)
            .env("PATH", path.map_err(io::Error::other)?)
            .envs([
                ("HOME", home.as_os_str()),
                ("COLUMNS", "80".as_ref()),
                ("NO_COLOR", "1".as_ref()),
            ])
            .env_remove("READMIT_TOKEN")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (sender, lines) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            thread::spawn(move || {
                for line in BufReader::new(stdout).lines() {
                    if line.is_ok_and(|line| sender.send(line).is_err()) {
                        break;
                    }
                }
            });
        }
        let input = child.stdin.take();
        let port = free_port()?.to_string();
        let home = home.to_path_buf();
        let mut shell = Shell { child, input, lines, home, port, servers: 0 };
        shell.write("exec 2>&1; servers=; trap 'kill $servers' EXIT")?;
        Ok(shell)
    }

    /// Runs a command to its end and returns what it printed, on both streams.
    pub(super) fn run(&mut self, command: &str) -> io::Result<String> {
        let command = self.with_port(command);
        // The status goes through, for a page that asks for it in its next command.
        self.write(&format!("{{ {command}\n}} </dev/null; s=$?; printf '\\n{END}\\n'; (exit $s)"))?;
        let mut told = String::new();
        loop {
            let line = self.lines.recv_timeout(LIMIT).map_err(|_| {
                io::Error::other(format!("`{command}` does not end; so far it printed\n{told}"))
            })?;
            if line == END {
                return Ok(self.without_port(&told));
            }
            told += &line;
            told.push('\n');
        }
    }

    /// Starts a server and returns what it printed once that is `enough`, or after a while.
    pub(super) fn serve(
        &mut self,
        command: &str,
        enough: impl Fn(&str) -> bool,
    ) -> io::Result<String> {
        self.servers += 1;
        let file = format!(".server-{}", self.servers);
        let command = self.with_port(command);
        self.write(&format!("{command} >{file} </dev/null & servers=\"$servers $!\""))?;
        let mut told = String::new();
        for _ in 0..LOOKS {
            told =
                self.without_port(&fs::read_to_string(self.home.join(&file)).unwrap_or_default());
            if enough(&told) {
                break;
            }
            pause();
        }
        Ok(told)
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        let Some(input) = &mut self.input else { return Ok(()) };
        writeln!(input, "{text}")?;
        input.flush()
    }

    /// Pages say 8080, which somebody may have in use.
    fn with_port(&self, text: &str) -> String {
        text.replace(PORT, &self.port)
    }

    fn without_port(&self, text: &str) -> String {
        text.replace(&self.port, PORT)
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // At the end of its input the shell ends its servers, then itself.
        self.input = None;
        for _ in 0..LOOKS {
            if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
                return;
            }
            pause();
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

#[expect(clippy::disallowed_methods, reason = "a program is waited for that cannot be asked")]
fn pause() {
    thread::sleep(Duration::from_millis(20));
}

const PORT: &str = "8080";
const END: &str = "--- the next command ---";
const LIMIT: Duration = Duration::from_secs(60);
/// Ten seconds of looking.
const LOOKS: u32 = 500;
