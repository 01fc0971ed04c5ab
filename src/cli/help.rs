//! The command line's help and complaints in the operator's language.
//!
//! clap knows English only: its headings are replaced, and its errors are told again from their kind. The words are in
//! [`crate::lang::help`] and [`crate::lang::cli`]; a test below fails when a command or an argument has none.

use clap::builder::{Arg, Command};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, Error};

use crate::lang::{Language, cli as shared, help as words};

/// The same command line with its texts in `lang`.
pub fn in_language(command: Command, lang: Language) -> Command {
    let command = command
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .arg(Arg::new("version").long("version").short('V').action(ArgAction::Version).display_order(1002));
    worded(command, lang, "")
}

/// One command and those below it; `path` is its name without `loaxa`: `clock confirm`.
fn worded(command: Command, lang: Language, path: &str) -> Command {
    let headings = words::headings(lang);
    let mut command = command
        .disable_help_flag(true)
        .disable_help_subcommand(true)
        .arg(Arg::new("help").long("help").short('h').action(ArgAction::Help).display_order(1001))
        .mut_args(|arg| worded_argument(arg, lang, path))
        .subcommand_help_heading(headings.commands)
        .subcommand_value_name(headings.command)
        .help_template(format!("{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}{{after-help}}", headings.usage));
    if let Some(about) = words::about(lang, path) {
        command = command.about(about).long_about(None);
    }
    if let Some(more) = words::more(lang, path) {
        command = command.after_help(more);
    }
    let name = if path.is_empty() { "loaxa".to_owned() } else { format!("loaxa {path}") };
    let usage = command.clone().bin_name(&name).render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().replace("[OPTIONS]", headings.options_tag);
    command.override_usage(usage).mut_subcommands(|below| {
        let path = format!("{path} {}", below.get_name());
        worded(below, lang, path.trim())
    })
}

fn worded_argument(arg: Arg, lang: Language, path: &str) -> Arg {
    let headings = words::headings(lang);
    let heading = if arg.is_positional() { headings.arguments } else { headings.options };
    let text = words::argument(lang, path, arg.get_id().as_str());
    let mut arg = arg.help_heading(heading);
    if arg.get_action().takes_values() {
        // Possible and default values would be introduced in English: the text says them.
        arg = arg.hide_possible_values(true).hide_default_value(true);
    }
    let own = arg.get_value_names().unwrap_or_default();
    let names: Vec<&'static str> = own.iter().filter_map(|name| words::value_name(lang, name)).collect();
    if !own.is_empty() && names.len() == own.len() {
        arg = arg.value_names(names);
    }
    match text {
        Some(text) => arg.help(text).long_help(None),
        None => arg,
    }
}

/// What clap has to say, told again: `(text, wrong)`. Help that was asked for is not wrong.
pub fn describe(error: &Error, lang: Language) -> (String, bool) {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => return (error.render().to_string(), false),
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => return (error.render().to_string(), true),
        _ => {}
    }
    let mut text = format!("loaxa: {}\n", complaint(error, lang));
    if let Some(usage) = context(error, ContextKind::Usage) {
        let usage = usage.trim().trim_start_matches("Usage:").trim().to_owned();
        text.push_str(&format!("\n{} {usage}\n", words::headings(lang).usage));
    }
    (text, true)
}

fn complaint(error: &Error, lang: Language) -> String {
    let get = |kind| context(error, kind).unwrap_or_default();
    let argument = get(ContextKind::InvalidArg);
    match error.kind() {
        ErrorKind::UnknownArgument => {
            shared::unknown_argument(lang, &argument, context(error, ContextKind::SuggestedArg).as_deref())
        }
        ErrorKind::InvalidSubcommand => {
            let nearest = context(error, ContextKind::SuggestedSubcommand);
            shared::unknown_command(lang, &get(ContextKind::InvalidSubcommand), nearest.as_deref())
        }
        ErrorKind::InvalidValue if get(ContextKind::InvalidValue).is_empty() => shared::missing_value(lang, &argument),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(ToString::to_string);
            let allowed = context(error, ContextKind::ValidValue).or(why);
            shared::bad_value(lang, &argument, &get(ContextKind::InvalidValue), allowed.as_deref())
        }
        ErrorKind::MissingRequiredArgument => shared::missing_argument(lang, &argument),
        ErrorKind::MissingSubcommand => shared::missing_command(lang),
        ErrorKind::ArgumentConflict => shared::conflict(lang, &argument, &get(ContextKind::PriorArg)),
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues | ErrorKind::NoEquals => {
            shared::missing_value(lang, &argument)
        }
        ErrorKind::InvalidUtf8 => shared::not_utf8(lang),
        _ => error.to_string().trim_start_matches("error: ").trim().to_owned(),
    }
}

fn context(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::Strings(all) => Some(all.join(", ")),
        ContextValue::String(one) => Some(one.clone()),
        ContextValue::None => None,
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::Arguments;

    fn every_command(command: &Command, path: &str, visit: &mut dyn FnMut(&str, &Command)) {
        visit(path, command);
        for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
            every_command(below, format!("{path} {}", below.get_name()).trim(), visit);
        }
    }

    #[test]
    fn every_command_and_argument_has_its_words_in_both_languages() {
        let mut without = Vec::new();
        for lang in [Language::Vi, Language::En] {
            every_command(&in_language(Arguments::command(), lang), "", &mut |path, command| {
                if words::about(lang, path).is_none() || words::more(lang, path).is_none() {
                    without.push(format!("{lang:?} {path}"));
                }
                for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
                    if words::argument(lang, path, arg.get_id().as_str()).is_none() {
                        without.push(format!("{lang:?} {path}: {}", arg.get_id()));
                    }
                }
            });
        }
        assert!(without.is_empty(), "lang/help has no words for:\n{}", without.join("\n"));
    }

    #[test]
    fn vietnamese_help_has_no_english_headings() {
        let command = in_language(Arguments::command(), Language::Vi);
        let mut pages = Vec::new();
        every_command(&command, "", &mut |_, command| pages.push(command.clone().render_help().to_string()));
        let mut built = command;
        built.build();
        every_command(&built, "", &mut |_, command| pages.push(command.clone().render_long_help().to_string()));
        for page in pages {
            for english in
                ["Usage", "Options", "OPTIONS", "Commands", "COMMAND", "Arguments", "Print ", "possible values", "default:"]
            {
                assert!(!page.contains(english), "{english} in:\n{page}");
            }
        }
    }

    #[test]
    fn clap_finds_nothing_wrong_with_the_command_line() {
        for lang in [Language::Vi, Language::En] {
            in_language(Arguments::command(), lang).debug_assert();
        }
    }

    #[test]
    fn a_complaint_names_what_was_typed_and_the_nearest_known() {
        let complain = |lang, args: &[&str]| {
            let error = in_language(Arguments::command(), lang).try_get_matches_from(args).unwrap_err();
            describe(&error, lang)
        };
        let (text, wrong) = complain(Language::Vi, &["loaxa", "statsu"]);
        assert!(wrong && text.contains("statsu") && text.contains("status") && text.contains("Cách dùng:"), "{text}");
        let (text, _) = complain(Language::En, &["loaxa", "status", "--jsn"]);
        assert!(text.contains("--jsn") && text.contains("--json") && text.contains("Usage: loaxa status"), "{text}");
        let (text, _) = complain(Language::Vi, &["loaxa", "play"]);
        assert!(text.contains("<TIN_BÀI>") && !text.contains("required"), "{text}");
        let (text, _) = complain(Language::Vi, &["loaxa", "--lang", "fr", "status"]);
        assert!(text.contains("fr") && text.contains("vi, en"), "{text}");
        assert!(!complain(Language::Vi, &["loaxa", "--help"]).1);
        assert!(complain(Language::Vi, &["loaxa"]).1);
    }
}
