//! The `countersign` command: see [`countersign::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    countersign::cli::main()
}
