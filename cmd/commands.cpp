// SPDX-License-Identifier: Apache-2.0
#include "cmd/command.h"

namespace saker {
namespace {

constexpr Command kCommands[] = {
    {"run", "Watch this host and write an alert for each match of a rule",
     "Watches until SIGINT or SIGTERM, then writes out what is queued and prints a summary of\n"
     "events, alerts and losses on stderr. Alerts go to stdout. Needs root (CAP_BPF, CAP_PERFMON\n"
     "and CAP_SYS_PTRACE) and a kernel with BTF.\n"
     "\n"
     "Examples:\n"
     "  saker run                              the default rules, alerts as text\n"
     "  saker run -r rules/ -o json_output=true\n"
     "  saker run -c my.yaml -M 60             stop after a minute\n"
     "  saker run -r mine.yaml --dry-run       check configuration and rules only\n",
     kTakesConfig | kTakesRules | kTakesPrint | kTakesRun, run_command},
    {"check", "Check rule files and say what is wrong with them, and where",
     "Loads the files, in this order, as `saker run` would; a directory stands for its *.yaml and\n"
     "*.yml files. Exit status 0: all can be used (there may be warnings); 1: some cannot.\n"
     "\n"
     "--json prints one document: falco_load_results, an array with name, successful,\n"
     "schema_valid, schema_warnings, errors and warnings of each file; and, when all is well,\n"
     "falco_describe_results, what `saker list rules --json` shows.\n"
     "\n"
     "--cost adds a line for each rule, the most expensive first: the share of a busy host's "
     "events\n"
     "that reach user space because of it (share), and of those for which it is tried since it "
     "names\n"
     "nothing that can be looked up (tried); then what reaches user space and why, and wordings "
     "that\n"
     "cost less. The shares are guesses, good for an order. With --json: rule_costs, an array "
     "with\n"
     "rule, share, tried_share, reason and hints; and filter_overflow, what did not fit into the\n"
     "kernel's tables, if anything.\n"
     "\n"
     "Examples:\n"
     "  saker check rules/ mine.yaml\n"
     "  saker check --cost mine.yaml\n"
     "  saker check --json mine.yaml | jq -r '.falco_load_results[].errors[].message'\n",
     kTakesConfig | kTakesFiles | kTakesJson | kTakesCost, check_command},
    {"test", "Run rules on the processes and events of case files, and compare the alerts",
     "A case says which processes there are, what they do, and which alerts must come of it; a "
     "file\n"
     "holds one or more, as YAML documents:\n"
     "\n"
     "  case: a shell under a web server\n"
     "  rules: [mine.yaml]\n"
     "  processes: [{pid: 10, name: nginx}, {pid: 11, parent: 10, name: nginx}]\n"
     "  events: [{type: execve, pid: 11, path: /bin/sh}]\n"
     "  alerts: [{rule: Shell started by server, fields: {proc.pname: nginx}}]\n"
     "\n"
     "The alerts must be exactly these, in this order, with these fields among those of their\n"
     "output. `quiet: true`, in place of alerts, says that none may come; then `about: RULE` "
     "names\n"
     "the rule that has to be asked. `rules` are relative to the case file; cases without are "
     "tested\n"
     "with the rules that `saker run` would load with the same -c, -o and -r. `capture: FILE`, in\n"
     "place of processes and events, takes those of `saker record`. rules/README.md has the rest.\n"
     "\n"
     "--from prints a case of what `saker record` has written: the events that rules had to be "
     "tried\n"
     "for, their processes with all ancestors, and the alerts. It has been run, and passes; "
     "fields\n"
     "that a case cannot give again, such as times, are left out and named. Like the recording it\n"
     "has command lines, paths and user names of the host.\n"
     "\n"
     "Needs no privileges. Exit status 0: all cases passed; 1: some failed, or could not be run.\n"
     "\n"
     "--json prints one document: passed, failed, errors; and files, each with its errors and\n"
     "cases: name, line, verdict, errors, differences.\n"
     "\n"
     "Examples:\n"
     "  saker test tests/\n"
     "  saker test -r mine.yaml shell.yaml\n"
     "  saker test --junit result.xml tests/\n"
     "  saker test -r mine.yaml --from ten-seconds.cap > recorded.yaml\n",
     kTakesConfig | kTakesRules | kTakesCases | kTakesJson, test_command},
    {"config", "Show, check or make a configuration",
     "ACTION is one of\n"
     "  show        what each key is set to, and by what: a line of a file, -o, a variable of the\n"
     "              environment ($NAME); secrets are ***\n"
     "  check       all that is wrong with the configuration, and where; exit status 1: it cannot "
     "be\n"
     "              used\n"
     "  default     a configuration file with all keys, their defaults and what they do; they are\n"
     "              commented out, so that the file changes nothing\n"
     "  schema      the JSON schema of configuration files, for editors\n"
     "\n"
     "--json prints one document. show: an array with key, value and origins (empty: the "
     "default).\n"
     "check: files, errors and warnings, each with context, message and hint.\n"
     "\n"
     "Examples:\n"
     "  saker config show | grep -v '# default$'\n"
     "  saker config check my.yaml\n"
     "  saker config default > /etc/saker/saker.yaml\n",
     kTakesAction | kTakesConfig | kTakesJson, config_command},
    {"list", "List what rules and configuration can use",
     "TOPIC is one of\n"
     "  fields      what conditions and outputs can refer to\n"
     "  events      values of evt.type, and the arguments of each event\n"
     "  hooks       where the kernel can deny, and what it can be asked for there\n"
     "  operators   comparison operators and transformers\n"
     "  rules       the rules that `saker run` would load with the same -c, -o and -r\n"
     "  config      the keys of the configuration file and of -o\n"
     "  schema      the JSON schema of rule files, for editors\n"
     "  case-schema the same of case files\n"
     "  metrics     the figures that a running sensor offers to monitoring\n"
     "\n"
     "Examples:\n"
     "  saker list fields\n"
     "  saker list events --markdown\n"
     "  saker list rules -r mine.yaml --json   with conditions, fields, macros and lists\n",
     kTakesTopic | kTakesConfig | kTakesRules, list_command},
    {"explain", "Say what a rule means, and where each part of it comes from",
     "Loads rules as `saker run` would with the same -c, -o and -r, and shows of one rule: "
     "whether\n"
     "it is enabled and what decided that; the items of rule files that made it; its condition as\n"
     "written and as a tree with macros replaced; its events, fields, macros, lists and\n"
     "exceptions; its output; which comparisons the kernel decides, and which events reach user\n"
     "space because of the rule; the tests that it was compiled to, in the order in which they "
     "are\n"
     "made. Long lists are cut. --json prints the rule's entry of `saker list rules --json`, "
     "whole.\n"
     "\n"
     "Examples:\n"
     "  saker explain 'Password file read by unusual program'\n"
     "  saker explain -r base.yaml -r mine.yaml 'My rule' --json | jq .details.events\n",
     kTakesRule | kTakesConfig | kTakesRules | kTakesJson, explain_command},
    {"record", "Watch like run, and write all events to a capture file",
     "The file holds what `saker replay` needs to give the same alerts again, so it has command\n"
     "lines, paths and user names of this host. It must not exist; its mode is 0600.\n"
     "\n"
     "`saker test --from` makes a case of it, a test for the rules it was recorded with.\n"
     "\n"
     "Example:\n"
     "  saker record -M 10 /tmp/ten-seconds.cap\n",
     kTakesConfig | kTakesRules | kTakesPrint | kTakesRun | kTakesFile, record_command},
    {"replay", "Apply rules to the events of a capture file",
     "Gives the alerts that `saker run` would have given, with the times and names of the "
     "recorded\n"
     "host. Needs no privileges. Rules see only events that were wanted while recording.\n"
     "\n"
     "Example:\n"
     "  saker replay -r mine.yaml /tmp/ten-seconds.cap\n",
     kTakesConfig | kTakesRules | kTakesPrint | kTakesFile | kTakesStats, replay_command},
    {"reload", "Have a running sensor load its rules and its configuration anew",
     "The rules are compiled beside those in force and take their place between two events; no\n"
     "event is missed. When something is wrong with them nothing changes; the sensor's log says "
     "why,\n"
     "and so do `saker status`, an alert and the metric saker_reloads_total. Keys of the\n"
     "configuration that need a restart are named in the log and by `saker status`.\n"
     "\n"
     "A sensor reloads by itself when its files change (watch_config_files), and on SIGHUP.\n"
     "-c and -o tell where the sensor is found (control.socket), not what it loads.\n"
     "\n"
     "Example:\n"
     "  saker reload --wait && saker status\n",
     kTakesConfig | kTakesWait, reload_command},
    {"status", "Show which rules and configuration a running sensor works with",
     "Shows the version of rules and configuration in force, since when, the files they are from,\n"
     "what became of the last reload, what needs a restart, and what was lost so far. Needs root.\n"
     "Exit status 0: a sensor runs; 1: none does, or it does not answer.\n"
     "\n"
     "--json prints one document. A version is a fingerprint of files and settings, equal when "
     "they\n"
     "are. Times are RFC 3339 in UTC.\n"
     "\n"
     "Examples:\n"
     "  saker status\n"
     "  saker status --json | jq -r .reloads.last.problem\n",
     kTakesConfig | kTakesJson, status_command},
    {"enforce", "Show or set what a running sensor does where rules say deny or kill",
     "MODE is one of\n"
     "  status   show the mode in force, the rules with an action, and what was decided so far\n"
     "  off      rules with an action only alert, as all others\n"
     "  audit    their alerts say what would have been done (would_deny, would_kill)\n"
     "  on       it is done: the operation is refused, the process killed\n"
     "  dry-run  say what the rules of -r would refuse to the processes that run now: their\n"
     "           executables, open files, executable mappings and sockets; nothing changes\n"
     "\n"
     "A mode is the most that any rule may do; enforcement.rules and a rule's own `enforcement` "
     "can\n"
     "keep it to less. It is set by a reload of rules and configuration, which is waited for; "
     "when\n"
     "that fails the old mode stays, and the error says why. It holds until the sensor ends: to "
     "keep\n"
     "it, write enforcement.mode into the configuration. Then the new state is shown, as by "
     "status.\n"
     "Without a sensor, programs may be in force that an ended one has left (enforcement.on_exit:\n"
     "keep): status shows them and what they have decided, off removes them.\n"
     "-c and -o tell where the sensor is found (control.socket). Needs root.\n"
     "Exit status 0: it is so; 1: no sensor runs, it does not answer, or the old mode stays.\n"
     "\n"
     "dry-run needs no sensor and no kernel that can deny. It loads rules as `saker run` would "
     "with\n"
     "the same -c, -o and -r, and takes those for on that the configuration lets be. Only root "
     "sees\n"
     "the processes of all users. Exit status 0: nothing would be refused; 1: something would be, "
     "or\n"
     "the rules cannot be loaded.\n"
     "\n"
     "--json prints one document: mode; on_exit; rules, by off, audit and on, with count and up "
     "to\n"
     "50 names;\n"
     "decisions, how many of each kind since the sensor began; dry_run, what dry-run --json\n"
     "printed when the rules were put in force, or null; kept, what ended sensors have left in\n"
     "force: pid, ended, programs, decisions. Without a sensor only kept is there.\n"
     "\n"
     "Examples:\n"
     "  saker enforce dry-run -r mine.yaml     would it stop what runs here?\n"
     "  saker enforce audit                    what would be refused? look at the alerts, then\n"
     "  saker enforce on\n"
     "  saker enforce status --json | jq .decisions\n",
     kTakesConfig | kTakesRules | kTakesMode | kTakesJson, enforce_command},
    {"top", "Show live what a running sensor sees, reports, loses and costs",
     "Reads the metrics of a sensor that runs with webserver.enabled, metrics.enabled and\n"
     "webserver.prometheus_metrics_enabled, and shows rates between two readings; q or Ctrl-C "
     "ends\n"
     "it. What is being lost is red, unless NO_COLOR is set. With --once, or when stdout is no\n"
     "terminal, prints totals and ends. A certificate for https is trusted when the system trusts\n"
     "it, or the file that SSL_CERT_FILE names.\n"
     "\n"
     "Examples:\n"
     "  saker top\n"
     "  saker top --url http://10.0.0.7:8765/metrics --interval 10\n"
     "  saker top --once | grep -A 5 LOST\n",
     kTakesTop, top_command},
    {"doctor", "Say whether the sensor works on this host, and what is missing",
     "Looks at the kernel, the privileges and the surroundings, then starts all probes and makes\n"
     "an event for each, to see that it arrives. Each row has a verdict; where that is not ok, "
     "what\n"
     "follows from it (so) and what to do about it (do). A running sensor is not disturbed.\n"
     "Exit status 0: the sensor works, though there may be warnings; 1: it does not.\n"
     "\n"
     "--json prints one document: verdict, the worst of all, and checks, an array with name,\n"
     "tells, verdict, found, consequence and remedy of each.\n"
     "\n"
     "Examples:\n"
     "  saker doctor\n"
     "  saker doctor --json | jq -r '.checks[] | select(.verdict != \"ok\") | .remedy'\n",
     kTakesConfig | kTakesJson, doctor_command},
    {"generate", "Make the manual page, or completions for a shell",
     "FORM is one of\n"
     "  man   the page saker(1)\n"
     "  bash  a file for /usr/share/bash-completion/completions\n"
     "  zsh   a file _saker for a directory of $fpath\n"
     "  fish  a file for /usr/share/fish/vendor_completions.d\n"
     "\n"
     "The packages have all of them.\n"
     "\n"
     "Examples:\n"
     "  . <(saker generate bash)\n"
     "  saker generate man | man -l -\n",
     kTakesForm, generate_command},
    {"version", "Print the version", "", 0, version_command},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

}  // namespace saker
