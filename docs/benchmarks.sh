#!/usr/bin/env bash
# Measures what docs/benchmarks.md shows, and writes that page from the JSON of each benchmark.
#
#   docs/benchmarks.sh all [DIR]     every benchmark, one after the other: half an hour, on a machine that does nothing else
#   docs/benchmarks.sh small [DIR]   the same, so small that the figures mean nothing: to see that it works
#   docs/benchmarks.sh page [DIR]    only writes the page, from what there is
#   docs/benchmarks.sh only NAME...  these again (connect, publish, ...: the files' names), then the page
#
# DIR (default: docs/benchmarks) gets a file a benchmark; the page is written beside it, as DIR.md.
# Needs jq; for some of the benchmarks mosquitto and faketime.
set -euo pipefail
cd "$(dirname "$0")/.."

verb=${1:-}
again=
dir=${2:-docs/benchmarks}
if [ "$verb" = only ]; then
  verb=all again=" ${*:2} " dir=docs/benchmarks
fi
dir=${dir%/}
names=(enroll connect connect-allow-all publish idle revoke renew rollover lifetime footprint status generator)

# measure NAME BENCHMARK SMALL-OPTIONS OPTIONS: NAME.json, with the command as it was given.
measure() {
  local options=$4 report
  [ -z "$again" ] || [[ $again == *" $1 "* ]] || return 0
  [ "$verb" = all ] || options=$3
  report=$(mktemp)
  echo "benchmarks: ./mintmark benchmark $2 $options" >&2
  # A bar that is missed is a figure like others; without a report there is none.
  # shellcheck disable=SC2086
  ./mintmark benchmark "$2" $options --json "$report" >&2 || [ -s "$report" ]
  jq --arg size "$verb" --arg command "./mintmark benchmark $2${options:+ $options}" --arg mintmark "$(./mintmark --version)" \
    --arg processors "$(nproc)" --arg cpu "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)" \
    --arg memory "$(awk '/^MemTotal/ {printf "%.0f GB", $2 / 1048576}' /proc/meminfo)" \
    '{$size, $command, machine: {$processors, $cpu, $memory, $mintmark}, report: .}' "$report" >"$dir/$1.json"
  rm "$report"
}

all() {
  mkdir -p "$dir"
  [ -n "$again" ] || rm -f "$dir"/*.json
  measure enroll enroll '--devices 40 --warmup 4' '--devices 6000 --warmup 24000'
  measure connect connect '--devices 20 --concurrency 4 --cold 1s --warmup 0s --warm 1s --broker-warm-up off' \
    '--devices 1500 --warmup 30s --warm 16s'
  measure connect-allow-all connect \
    '--brokers fast,allow-all --devices 20 --concurrency 4 --cold 1s --warmup 0s --warm 1s --broker-warm-up off' \
    '--brokers fast,allow-all --devices 1000 --cold 1s --warmup 40s --warm 24s --broker-warm-up off'
  measure publish publish '--publishers 4 --subscribers 2 --rounds 1 --round 1s --warmup 0s' ''
  measure idle idle '--sessions 20' ''
  measure revoke revoke '--sessions 12 --revocations 6 --rate 10' ''
  measure renew renew '--devices 2 --renewals 8 --rate 100' ''
  measure rollover rollover '--devices 4 --lifetime 12s' ''
  measure lifetime lifetime '--days 3 --devices 2 --pace 100' ''
  measure footprint footprint '--clients 4 --warmup 2 --settle 1s' ''
  measure status status '--revoked 30 --crls 2 --certificates 20 --seconds 1' ''
  measure generator generator '--devices 20 --concurrency 4 --broker-warm-up off --warmup 1s --time 1s' ''
}

# One benchmark's part of the page, from its file: shell functions would not read numbers as well.
part='
def commas: if length > 3 then (.[:-3] | commas) + "," + .[-3:] else . end;
def figure:
  if type != "number" then .
  elif . >= 100 then round | tostring | commas
  else . * 100 | round / 100 | tostring end;
def median: sort | (.[(length - 1) / 2 | floor] + .[length / 2 | floor]) / 2;

# ours, beside what, what that is; null where there was nothing to measure
def row($what; $ours; $beside; $other):
  "| \($what) | \($ours | figure // "not measured") | \($beside)\($other | figure | if . then ": " + . else "" end) | " +
  (if $ours == null or ($other // 0) == 0 then "" else $ours / $other | figure end) + " |";
def bar($what; $ours; $bound): row($what; $ours; "bar, at " + $bound[0]; $bound[1]);
def bars: .bars[] | bar(.what; .measured; [if .atLeast then "least" else "most" end, .bound]);
def claims($what): row($what; [.claims[] | select(.passed)] | length; "all"; .claims | length);
def of($which): .results[] | select(.label == $which);
def connects($ours; $other; $name):
  row("connections a second on one core, warm"; $ours.warm.ratePerSecond; $name; $other.warm.ratePerSecond),
  row("processor time of the broker for each, ms"; $ours.warm.brokerCpuMillis; "the same"; $other.warm.brokerCpuMillis);

def allow_all: "the same HiveMQ, everybody admitted";
def part:
  if $name == "enroll" then
    ["Enrolment", "every device a connection, a full TLS 1.3 handshake and a key of its own",
    [of("fast") as $ours | of("stock") as $other |
      row("enrolments a second"; $ours.ratePerSecond; "the same service on the cryptography of the JDK"; $other.ratePerSecond),
      row("processor time of the service for each, ms"; $ours.serverCpuMillis; "the same"; $other.serverCpuMillis)]]
  elif $name == "connect" then
    ["CONNECT", "full TLS 1.3 handshakes with the certificate of the device, none resumed",
    [of("fast") as $ours | (.results[] | select(.label != "fast")) as $other |
      connects($ours; $other; if $other.label == "stock" then "the same broker on the cryptography of the JDK" else $other.broker.software end)]
    + [.bars |= map(select(.what | startswith("warm rate") | not)) | bars]]
  elif $name == "connect-allow-all" then
    ["CONNECT, and what of it is Mintmark", "as above",
    [of("fast") as $ours | of("allow-all") as $other | connects($ours; $other; allow_all)]]
  elif $name == "publish" then
    ["Messages", "\(.publishers) devices publish \(.payloadBytes) bytes each, \(.subscribers) applications receive",
    [of("fast") as $ours | of("allow-all") as $other | ("0", "1") as $qos |
      def rate: [.rounds[$qos][] | .delivered / .seconds] | median;
      row("messages delivered a second, QoS \($qos)"; $ours | rate; allow_all; $other | rate)]]
  elif $name == "idle" then
    ["Idle sessions", "\(.sessions | figure) devices that are connected and say nothing",
    [.sessions as $all | of("fast") as $ours | of("allow-all") as $other |
      row("bytes of heap a session"; ($ours.after - $ours.before) / $all; allow_all; ($other.after - $other.before) / $all)]
    + [.bar | bar(.what; .measured; ["most", .bound])]]
  elif $name == "revoke" then
    ["Revocation", "\(.revocations) of \(.sessions | figure) connected devices revoked one by one",
    [bar("ms from the request to the end of the session, 99th percentile"; .cut.p99; ["most", 250]),
     bar("sessions nobody revoked that ended"; .cutToo; ["most", 0])]]
  elif $name == "renew" then
    ["Renewal under traffic", "\(.devices) devices renew \(.asked) times while messages go both ways, QoS 1", [bars]]
  elif $name == "rollover" then
    ["New CAs under traffic", "a new issuing CA, then a new root, without force",
    [claims("claims that hold"),
     bar("messages lost of \(.figures["messages.sent"] | figure)"; .figures["messages.lost"]; ["most", 0])]]
  elif $name == "lifetime" then
    ["Months of service", "service, broker and devices under libfaketime",
    [claims("claims that hold over \(.figures.days | figure) days"),
     bar("messages lost"; .figures["messages.lost"]; ["most", 0])]]
  elif $name == "footprint" then
    ["A client on the SDK", "\(.clients) clients in one process, the cryptography of the JDK",
    [bars, row("bytes of heap of an idle client"; .heapEach; ""; null)]]
  elif $name == "status" then
    ["CRLs and OCSP", "a registry with \(.revoked | figure) revoked certificates",
    [bar("processor seconds for a CRL of \(.crls[-1].entries | figure) entries"; .crls[-1].cpuSeconds; ["most", 2]),
     bar("OCSP answers for each second of processor time"; .ocsp.perCpuSecond; ["least", 3000])]]
  elif $name == "generator" then
    ["What plays the devices", "the engine swarm on one processor, \(.concurrency) at a time; devices \(.devices | figure)",
    [bars]]
  else error("no part of the page is called " + $name) end;

.machine as $machine | .command as $command | .report |
(.generator // .environment) as $on | part as [$title, $about, $rows] |
"## \($title)\n\n```sh\n\($command)\n```\n\n\($about[:1] | ascii_upcase)\($about[1:]). " +
"\(.finished[:10]), \($machine.processors) processors (\($machine.cpu), \($machine.memory)), \($on.os), " +
"Java \($on.java), ECDSA by \($on.signatures), \($machine.mintmark).\n\n" +
"| figure | Mintmark | baseline | ratio |\n| --- | --- | --- | --- |\n" + ($rows | join("\n")) + "\n"
'

page() {
  {
    printf '%s\n' '# Benchmarks' '' \
      'Written by `docs/benchmarks.sh all`, which measures on the machine it runs on; no figure is typed by hand. Each' \
      'starts what it needs in a temporary folder and plays the devices on the same machine: figures of one part can be' \
      'compared, those of other machines cannot. What is no ratio to something else is held to a bar. The JSON is beside' \
      "this page, in \`$(basename "$dir")/\`." ''
    if jq --exit-status --slurp 'any(.size == "small")' "$dir"/*.json >/dev/null; then
      printf '%s\n' '**Measured at small sizes, for whether it works: these figures mean nothing.**' ''
    fi
    for name in "${names[@]}"; do
      jq --raw-output --arg name "$name" "$part" "$dir/$name.json"
    done
  } >"$dir.new"
  mv "$dir.new" "$dir.md"
}

case $verb in
  all | small) all; page ;;
  page) page ;;
  *) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
