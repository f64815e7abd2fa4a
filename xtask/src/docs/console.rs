use super::page::Block;

/// One command of a `console` block, and what it prints.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Step {
    /// The line of the page, from 1.
    pub(super) line: usize,
    pub(super) command: String,
    pub(super) shown: String,
}

impl Step {
    /// Reads a block: `$ ` begins a command, `> ` carries it on, all else is what it prints.
    ///
    /// What stands before the first command is no output of any, and is returned as an error.
    pub(super) fn read(block: &Block) -> Result<Vec<Step>, usize> {
        let mut steps: Vec<Step> = Vec::new();
        for (line, text) in (block.line + 1..).zip(block.text.lines()) {
            if let Some(command) = text.strip_prefix("$ ") {
                let command = command.to_owned();
                steps.push(Step { line, command, shown: String::new() });
                continue;
            }
            let Some(step) = steps.last_mut() else { return Err(line) };
            match text.strip_prefix("> ") {
                Some(more) if step.shown.is_empty() => {
                    step.command.push('\n');
                    step.command += more;
                }
                Some(_) | None => {
                    step.shown += text;
                    step.shown.push('\n');
                }
            }
        }
        Ok(steps)
    }

    /// Whether the command goes on while those after it run: the server that one would leave alone
    /// in another terminal.
    pub(super) fn serves(&self) -> bool {
        self.command.starts_with(SERVER) && !self.command.contains("--help")
    }

    /// Whether it needs a program that a machine may lack.
    pub(super) fn needs(&self, program: &str) -> bool {
        self.command
            .split(|c: char| !c.is_alphanumeric() && c != '-' && c != '.')
            .any(|word| word == program)
    }
}

const SERVER: &str = "readmit serve-faults";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_read_with_what_it_prints() {
        let steps = Step::read(&block("$ a -b\none\ntwo\n$ c <<D\n> e\n> D\nthree\n")).unwrap();

        let [first, second] = &steps[..] else { panic!("two steps: {steps:?}") };
        assert_eq!((first.line, first.command.as_str()), (8, "a -b"));
        assert_eq!(first.shown, "one\ntwo\n");
        assert_eq!((second.line, second.command.as_str()), (11, "c <<D\ne\nD"));
        assert_eq!(second.shown, "three\n");
    }

    #[test]
    fn an_output_of_no_command_is_an_error() {
        assert_eq!(Step::read(&block("one\n$ a\n")), Err(8));
    }

    #[test]
    fn the_server_goes_on_and_its_help_does_not() {
        let steps = block("$ readmit serve-faults --port 1\n$ readmit serve-faults --help\n");

        let steps = Step::read(&steps).unwrap();

        assert_eq!(steps.iter().map(Step::serves).collect::<Vec<_>>(), [true, false]);
    }

    #[test]
    fn a_program_is_needed_where_it_is_a_word_of_the_command() {
        let [step] = &Step::read(&block("$ TOKEN=$(curl -s a) b\n")).unwrap()[..] else {
            panic!("one step")
        };

        assert!(step.needs("curl") && !step.needs("cur"));
    }

    fn block(text: &str) -> Block {
        Block { language: "console".to_owned(), line: 7, text: text.to_owned() }
    }
}
