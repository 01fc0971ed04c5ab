//! Arguments in, exit code out.

fn main() -> std::process::ExitCode {
    loaxa::cli::main(std::env::args_os())
}
