#!/bin/sh
# Enrols or renews one device at a Mintmark provisioning service over EST (RFC 7030),
# with curl and openssl only. See --help.
set -u
umask 077

url=https://localhost:8443
fleet=
trust=
cert=
key=
out=
device=
renew=
wait=0

usage() {
  cat <<'TEXT'
Usage: enroll.sh --fleet FLEET --trust FILE --cert FILE [--key FILE] --out DIR [options]
       enroll.sh --renew --fleet FLEET --out DIR [options]

Enrols one device: makes a P-256 key, sends a certification request over EST with the
device's bootstrap certificate, and writes what came back. With --renew it uses the
credential already in --out and replaces it. Needs curl and openssl, no Java.

  --url URL       the provisioning service (default: https://localhost:8443)
  --fleet FLEET   the fleet, which is the EST label
  --trust FILE    trust anchors of the service, PEM (default with --renew: DIR/ca.pem)
  --cert FILE     the bootstrap certificate, with its intermediates if it has any, PEM
  --key FILE      its private key, PEM (default: the file of --cert)
  --out DIR       where the result goes; made when needed:
                    credential.pem  key, certificate and issuing CA (mode 0600)
                    ca.pem          trust anchors, for the broker's and the service's certificate
  --device ID     the device's id (default: serialNumber, else CN, of the certificate)
  --renew         renew the operational certificate in DIR/credential.pem, with a new key
  --wait SECONDS  when the service says "later", wait and ask again for so long (default: 0)
  --help          this text

The key of an unfinished enrolment stays in DIR/pending-key.pem, so that running the same
command again after a power cut or a lost answer gets the same certificate.

Exit codes:
  0  done            3  service not reached or not trusted   5  service says: try again later
  2  wrong usage     4  refused by the service               6  service's answer is not usable
TEXT
}

say() { printf 'enroll.sh: %s\n' "$1" >&2; }
die() {
  code=$1
  say "$2"
  exit "$code"
}
value() { [ $# -ge 2 ] && [ -n "$2" ] || die 2 "$1 needs a value; see --help"; }

while [ $# -gt 0 ]; do
  case $1 in
    --url) value "$@"; url=${2%/}; shift ;;
    --fleet) value "$@"; fleet=$2; shift ;;
    --trust) value "$@"; trust=$2; shift ;;
    --cert) value "$@"; cert=$2; shift ;;
    --key) value "$@"; key=$2; shift ;;
    --out) value "$@"; out=$2; shift ;;
    --device) value "$@"; device=$2; shift ;;
    --wait) value "$@"; wait=$2; shift ;;
    --renew) renew=yes ;;
    --help | -h) usage; exit 0 ;;
    *) die 2 "unknown option '$1'; see --help" ;;
  esac
  shift
done

for tool in curl openssl; do
  command -v $tool >/dev/null 2>&1 || die 2 "$tool is not installed"
done
[ -n "$fleet" ] || die 2 "--fleet is missing; see --help"
[ -n "$out" ] || die 2 "--out is missing; see --help"
case $fleet in *[!a-z0-9-]*) die 2 "fleet '$fleet' is not valid: use a-z 0-9 -" ;; esac
case $wait in *[!0-9]*) die 2 "--wait '$wait' is not a number of seconds" ;; esac
case $url in https://?*) ;; *) die 2 "--url '$url' is not an https address" ;; esac
if [ -n "$renew" ]; then
  cert=$out/credential.pem
  key=$cert
  [ -n "$trust" ] || trust=$out/ca.pem
else
  [ -n "$cert" ] || die 2 "--cert is missing; see --help"
  [ -n "$trust" ] || die 2 "--trust is missing; see --help"
  [ -n "$key" ] || key=$cert
fi
for file in "$cert" "$key" "$trust"; do
  [ -r "$file" ] || die 2 "cannot read '$file'"
done
openssl x509 -in "$cert" -noout 2>/dev/null || die 2 "'$cert' holds no PEM certificate"
openssl pkey -in "$key" -noout 2>/dev/null || die 2 "'$key' holds no usable PEM private key"
mkdir -p "$out" 2>/dev/null && [ -w "$out" ] || die 2 "cannot write to '$out'"

if [ -z "$device" ]; then
  names=$(openssl x509 -in "$cert" -noout -subject -nameopt multiline,-esc_msb,utf8)
  device=$(printf '%s\n' "$names" | sed -n 's/^ *serialNumber *= //p' | head -n 1)
  [ -n "$device" ] || device=$(printf '%s\n' "$names" | sed -n 's/^ *commonName *= //p' | head -n 1)
fi
[ "${#device}" -le 64 ] || die 2 "device id '$device' is longer than 64 characters"
case $device in
  '' | . | .. | *[!A-Za-z0-9._-]*)
    die 2 "device id '$device' is not valid: use A-Z a-z 0-9 . _ - (name it with --device)" ;;
esac

work=$(mktemp -d "$out/.enroll.XXXXXX") || die 2 "cannot write to '$out'"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# $1 = operation, further arguments for curl; answers in $work/body, sets $status.
est() {
  operation=$1
  shift
  status=$(curl --silent --show-error --proto '=https' --tlsv1.2 \
    --connect-timeout 10 --max-time 60 \
    --cacert "$trust" --output "$work/body" --dump-header "$work/head" --write-out '%{http_code}' \
    "$@" "$url/.well-known/est/$fleet/$operation" 2>"$work/error") ||
    die 3 "no answer from $url: $(tail -n 1 "$work/error")"
}

# As est, and again while the service says "later" and --wait allows it; ends here unless the answer is 200.
ask() {
  while :; do
    est "$@"
    case $status in
      200) return ;;
      202 | 429 | 503)
        later=$(tr -d '\r' <"$work/head" | sed -n 's/^[Rr]etry-[Aa]fter: *\([0-9][0-9]*\)$/\1/p' | tail -n 1)
        later=${later:-10}
        [ "$later" -gt 0 ] || later=1
        [ "$wait" -ge "$later" ] || die 5 "the service says: later ($status, in $later s): $(reason)"
        wait=$((wait - later))
        say "the service says: later; asking again in $later s"
        sleep "$later"
        ;;
      4*) die 4 "refused ($status): $(reason)" ;;
      *) die 6 "$operation answered $status: $(reason)" ;;
    esac
  done
}

reason() { head -c 500 "$work/body" 2>/dev/null | tr -d '\r' | tr '\n' ' '; }

# Base64 PKCS#7 in $work/body -> PEM certificates in $1.
certificates() {
  tr -d ' \r\n' <"$work/body" | openssl base64 -d -A >"$work/p7" 2>/dev/null &&
    openssl pkcs7 -inform DER -in "$work/p7" -print_certs 2>/dev/null |
      sed -n '/^-----BEGIN CERTIFICATE-----$/,/^-----END CERTIFICATE-----$/p' >"$1" &&
    [ -s "$1" ]
}

ask cacerts
certificates "$work/cas" || die 6 "cacerts did not answer with certificates"
# Roots are trust anchors; the others belong behind the device's own certificate.
: >"$work/anchors"
: >"$work/issuers"
awk -v dir="$work" '/-----BEGIN CERTIFICATE-----/ { n++ } { print > (dir "/ca." n) }' "$work/cas"
for ca in "$work"/ca.*; do
  if [ "$(openssl x509 -in "$ca" -noout -subject_hash)" = "$(openssl x509 -in "$ca" -noout -issuer_hash)" ]; then
    cat "$ca" >>"$work/anchors"
  else
    cat "$ca" >>"$work/issuers"
  fi
done
[ -s "$work/anchors" ] || die 6 "cacerts answered without a root certificate"

pending=$out/pending-key.pem
if ! openssl pkey -in "$pending" -noout 2>/dev/null; then
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/key" 2>/dev/null ||
    die 2 "openssl cannot make a P-256 key"
  mv "$work/key" "$pending" && sync || die 2 "cannot write '$pending'"
fi

if [ -n "$renew" ]; then
  operation=simplereenroll
  uri=$(openssl x509 -in "$cert" -noout -ext subjectAltName 2>/dev/null | sed -n 's/^ *URI:\([^, ]*\).*/\1/p')
  [ -n "$uri" ] || die 2 "'$cert' holds no operational certificate (it names no identity)"
  openssl req -new -key "$pending" -subj "/CN=$device" -addext "subjectAltName=URI:$uri" \
    -outform DER -out "$work/csr" 2>"$work/error" || die 2 "$(tail -n 1 "$work/error")"
else
  operation=simpleenroll
  openssl req -new -key "$pending" -subj "/CN=$device" -outform DER -out "$work/csr" \
    2>"$work/error" || die 2 "$(tail -n 1 "$work/error")"
fi
openssl base64 -in "$work/csr" -out "$work/request"

ask "$operation" --cert "$cert" --key "$key" \
  --header 'Content-Type: application/pkcs10' --header 'Content-Transfer-Encoding: base64' \
  --data-binary "@$work/request"

certificates "$work/leaf" || die 6 "$operation did not answer with a certificate"
mine=$(openssl pkey -in "$pending" -pubout 2>/dev/null)
[ "$(openssl x509 -in "$work/leaf" -noout -pubkey 2>/dev/null)" = "$mine" ] ||
  die 6 "$operation answered with a certificate for another key"
openssl verify -CAfile "$work/anchors" -untrusted "$work/issuers" "$work/leaf" >/dev/null 2>&1 ||
  die 6 "the certificate does not chain to the anchors the service announces"

# Behind the certificate goes what leads from it to an anchor, in order, and nothing else: while CAs
# change, cacerts has more. A root counts before a cross certificate of the same name.
: >"$work/path"
below=$work/leaf
for level in 1 2 3 4 5 6; do
  issuer=$(openssl x509 -in "$below" -noout -issuer_hash)
  above=
  for ca in "$work"/ca.*; do
    [ "$(openssl x509 -in "$ca" -noout -subject_hash)" = "$issuer" ] || continue
    above=$ca
    [ "$(openssl x509 -in "$ca" -noout -issuer_hash)" != "$issuer" ] || break
  done
  [ -n "$above" ] && [ "$(openssl x509 -in "$above" -noout -issuer_hash)" != "$issuer" ] || break
  cat "$above" >>"$work/path"
  below=$above
done

# Of the certificate that is in use: the old one ends once the new one has been seen.
shown=$out/credential.pem
[ -z "$renew" ] || { shown=$work/shown && cp "$cert" "$shown"; } || die 2 "cannot write to '$out'"

# One file, replaced by one rename: after a power cut it holds the old credential or the new.
cat "$pending" "$work/leaf" "$work/path" >"$work/credential" &&
  mv "$work/anchors" "$out/ca.pem" && chmod 644 "$out/ca.pem" &&
  sync && mv "$work/credential" "$out/credential.pem" && sync && rm -f "$pending" ||
  die 2 "cannot write to '$out'"

# The service changes its root when the devices have said that they hold the new one: the SHA-256 of
# the sorted lines of the anchors' SHA-256. Other EST servers do not ask for it.
awk -v dir="$work" '/-----BEGIN CERTIFICATE-----/ { n++ } { print > (dir "/held." n) }' "$out/ca.pem"
held=$(for anchor in "$work"/held.*; do
  openssl x509 -in "$anchor" -outform DER | openssl dgst -sha256 -r | cut -c 1-64
done | LC_ALL=C sort -u | openssl dgst -sha256 -r | cut -c 1-64)
status=$(curl --silent --proto '=https' --tlsv1.2 --connect-timeout 10 --max-time 60 \
  --cacert "$out/ca.pem" --cert "$shown" --key "$shown" --header 'Content-Type: text/plain' \
  --data "$held" --output /dev/null --write-out '%{http_code}' "$url/v1/bundle" 2>/dev/null)
case $status in
  200 | 404) ;;
  *) say "the service was not told which trust anchors are held here ($status); the next run tells it" ;;
esac

end=$(openssl x509 -in "$out/credential.pem" -noout -enddate | sed 's/^notAfter=//')
[ -n "$renew" ] && verb=renewed || verb=enrolled
echo "$verb device $device of fleet $fleet: $out/credential.pem, valid until $end"
