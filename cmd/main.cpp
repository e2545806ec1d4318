// SPDX-License-Identifier: Apache-2.0
// The command line: options and help from the rows of command.h. Owner of CLI11.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cmd/command.h"
#include "cmd/command_line.h"
#include "cmd/options.h"
#include "engine/base/diagnostic.h"

namespace saker {
namespace {

constexpr const char* kOverview =
    "Runtime security sensor: sees what processes do, and writes an alert when a rule says that "
    "it\n"
    "is suspicious. Reads rules written for Falco.\n";

constexpr const char* kFooter =
    "Exit status: 0 ok; 1 any failure (rules, configuration, kernel, output); 2 a mistake on the\n"
    "command line.\n"
    "'saker COMMAND --help' explains a command.";

// Line breaks in descriptions are those of a page 100 columns wide.
void add_run_options(CLI::App& app, Options& options) {
  app.add_option("-M", options.stop_after_s, "Stop after so many seconds (default: never)")
      ->option_text("SECONDS")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 1'000'000'000).description(""));
  // Accepted from scripts written for Falco; every alert is written at once anyway.
  app.add_flag_callback("-U", [] {}, "Unbuffered output: always so, accepted for compatibility");
  app.add_flag("--dry-run", options.dry_run,
               "Load configuration and rules, say what is wrong with them, watch nothing");
}

void add_config_options(CLI::App& app, Options& options) {
  app.add_option("-c", options.config_path,
                 "Configuration file (default: /etc/saker/saker.yaml if it exists)")
      ->option_text("FILE");
  app.add_option("-o", options.overrides,
                 "Set a configuration key: -o json_output=true, -o rules_files[]=a.yaml;\n"
                 "repeatable; 'saker list config' shows the keys")
      ->option_text("KEY=VALUE")
      ->allow_extra_args(false);
}

void add_top_options(CLI::App& app, Options& options) {
  app.add_option("--url", options.url,
                 "Where the sensor's metrics are (default: http://127.0.0.1:8765/metrics)")
      ->option_text("URL");
  app.add_option("--interval", options.interval_s, "Read anew after so many seconds (default: 2)")
      ->option_text("SECONDS")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 3600).description(""));
  app.add_flag("--once", options.once, "Print once, as plain text, and end");
}

void add_list_options(CLI::App& app, Options& options) {
  app.add_option("TOPIC", options.topic, "What to list")->option_text(" ")->required();
  CLI::Option* json = app.add_flag("--json", options.json, "As a JSON array")->option_text(" ");
  app.add_flag("--markdown", options.markdown, "As a Markdown page")
      ->option_text(" ")
      ->excludes(json);
}

void add_case_options(CLI::App& app, Options& options) {
  CLI::Option* files = app.add_option("FILE", options.files, "Case files and directories of them")
                           ->option_text("...");
  CLI::Option* junit =
      app.add_option("--junit", options.junit_path, "Also write the result as JUnit does")
          ->option_text("FILE")
          ->allow_extra_args(false);
  app.add_option("--from", options.from_path,
                 "Print a case of what a capture file holds, instead of testing")
      ->option_text("CAPTURE")
      ->allow_extra_args(false)
      ->excludes(files)
      ->excludes(junit);
}

void add_arguments(CLI::App& app, const Command& command, Options& options) {
  if ((command.options & kTakesFile) != 0) {
    app.add_option("FILE", options.files, "Capture file")
        ->option_text(" ")
        ->required()
        ->expected(1);
  }
  if ((command.options & kTakesFiles) != 0) {
    app.add_option("FILE", options.files, "Rule files and directories")
        ->option_text("...")
        ->required();
  }
  if ((command.options & kTakesCases) != 0) {
    add_case_options(app, options);
  }
  if ((command.options & kTakesRule) != 0) {
    app.add_option("RULE", options.rule, "Name of the rule")->option_text(" ")->required();
  }
  if ((command.options & kTakesMode) != 0) {
    app.add_option("MODE", options.mode, "status, off, audit, on or dry-run")
        ->option_text(" ")
        ->required();
  }
  if ((command.options & kTakesAction) != 0) {
    app.add_option("ACTION", options.action, "What to do")->option_text(" ")->required();
    app.add_option("FILE", options.files, "check: the file, instead of -c")
        ->option_text(" ")
        ->expected(0, 1);
  }
  if ((command.options & kTakesForm) != 0) {
    app.add_option("FORM", options.form, "What to make")->option_text(" ")->required();
  }
}

void add_options(CLI::App& app, const Command& command, Options& options) {
  if ((command.options & kTakesConfig) != 0) {
    add_config_options(app, options);
  }
  if ((command.options & kTakesRules) != 0) {
    app.add_option("-r", options.rules,
                   "Rule file, or directory of them; repeatable; replaces rules_files\n"
                   "and the default rules")
        ->option_text("PATH")
        ->allow_extra_args(false);
  }
  if ((command.options & kTakesPrint) != 0) {
    app.add_option("-p,--print", options.print_format,
                   "Text with %fields in it, added to all alerts; for more see append_output in\n"
                   "'saker list config'")
        ->option_text("FORMAT")
        ->allow_extra_args(false);
  }
  if ((command.options & kTakesRun) != 0) {
    add_run_options(app, options);
  }
  add_arguments(app, command, options);
  if ((command.options & kTakesTopic) != 0) {
    add_list_options(app, options);
  }
  if ((command.options & kTakesJson) != 0) {
    app.add_flag("--json", options.json, "As a JSON document");
  }
  if ((command.options & kTakesCost) != 0) {
    app.add_flag("--cost", options.cost, "Also rank the rules by what they cost, worst first");
  }
  if ((command.options & kTakesWait) != 0) {
    app.add_flag("--wait", options.wait, "Return when it is done, with 1 when it has failed");
  }
  if ((command.options & kTakesTop) != 0) {
    add_top_options(app, options);
  }
  if ((command.options & kTakesStats) != 0) {
    app.add_flag("--stats", options.stats, "Also print time per event");
  }
}

CommandLine::Option describe(const CLI::Option& option) {
  CommandLine::Option described{{}, option.get_option_text(), option.get_description()};
  if (option.get_positional()) {
    return {{option.get_name(true)}, "", option.get_description()};
  }
  for (const std::string& name : option.get_snames()) {
    described.names.push_back("-" + name);
  }
  for (const std::string& name : option.get_lnames()) {
    described.names.push_back("--" + name);
  }
  if (described.value == " ") {  // nothing is shown behind its name
    described.value.clear();
  }
  return described;
}

CommandLine describe(const CLI::App& app) {
  CommandLine line{kOverview, kFooter, {}};
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    CommandLine::Command command{
        sub->get_name(), sub->get_description(), sub->get_footer(), {}, {}};
    for (const CLI::Option* option : sub->get_options()) {
      (option->get_positional() ? command.arguments : command.options).push_back(describe(*option));
    }
    line.commands.push_back(std::move(command));
  }
  return line;
}

// "; did you mean '--json'?" for an argument that the (sub)command does not know, or nothing.
std::string suggestion(const CLI::App& app, const std::string& argument) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  const std::string hint = did_you_mean(argument, {names.begin(), names.end()});
  return hint.empty() ? "" : "; " + hint;
}

// What CLI11 found wrong, in one line.
std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  const CLI::App& command = chosen.empty() ? app : *chosen.front();
  const std::vector<std::string> extras = app.remaining(true);
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !extras.empty()) {
    return "unknown " + std::string(extras[0].starts_with('-') ? "option" : "argument") + " '" +
           extras[0] + "'" + suggestion(command, extras[0]);
  }
  return error.what();
}

int parse_and_run(CLI::App& app, int argc, char** argv) {
  Options options;
  const Command* chosen = nullptr;
  app.require_subcommand(0, 1);
  bool version = false;
  app.add_flag("--version", version, "Print the version");
  app.footer(kFooter);
  app.get_formatter()->column_width(24);
  for (const Command& command : commands()) {
    CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
    sub->footer(std::string(command.help));
    add_options(*sub, command, options);
    sub->callback([&chosen, &command] { chosen = &command; });
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const std::vector<CLI::App*> named = app.get_subcommands();
    std::fputs((named.empty() ? app.help() : named.front()->help("saker")).c_str(), stdout);
    return kExitOk;
  } catch (const CLI::ParseError& error) {
    const std::vector<CLI::App*> named = app.get_subcommands();
    const std::string command = named.empty() ? "saker" : "saker " + named.front()->get_name();
    std::fprintf(stderr, "%s: %s\n'%s --help' shows what there is\n", command.c_str(),
                 explain(app, error).c_str(), command.c_str());
    return kExitUsage;
  }
  if (version) {
    return version_command(options);
  }
  if (chosen == nullptr) {
    std::fputs(app.help().c_str(), stderr);
    return kExitUsage;
  }
  if ((chosen->options & kTakesForm) != 0) {
    options.command_line = std::make_shared<const CommandLine>(describe(app));
  }
  return chosen->run(options);
}

}  // namespace
}  // namespace saker

int main(int argc, char** argv) {
  try {
    CLI::App app(saker::kOverview, "saker");
    return saker::parse_and_run(app, argc, argv);
  } catch (const std::exception& error) {
    // Only what cannot be dealt with where it happens: no memory, no threads.
    std::fprintf(stderr, "saker: %s\n", error.what());
    return saker::kExitFailure;
  }
}
