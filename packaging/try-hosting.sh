#!/bin/sh
# Runs the lines of docs/HOSTING.md, "From an empty machine to a public server", in a bare Debian root, and plays the part of
# a browser at the end. Takes a while, a network, root, and `debootstrap`:
#
#   packaging/try-hosting.sh [FOLDER]      a root that debootstrap made is used again
#
# RUSTUP names another address of rustup's script, where sh.rustup.rs cannot be reached.
# What cannot be done in a root without an init and without a name on the internet is done otherwise: the certificate is
# made here and handed to certbot's hook, and the service's program is started by hand, with the folder that systemd would give it.
# So the blocks `certbot` and `systemd` are not run; docs/HOSTING.md says so, too.
set -eu

root=${1:-/var/tmp/perihelion-debian}
here=$(cd "$(dirname "$0")/.." && pwd)
rustup=${RUSTUP:-https://sh.rustup.rs}
lines() { sed -n "/^\`\`\`sh $1\$/,/^\`\`\`\$/p" "$here/docs/HOSTING.md" | sed "1d;\$d;s|https://sh.rustup.rs|$rustup|"; }
inside() { chroot "$root" env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin REPOSITORY=/repository /bin/sh -eux -c "cd /root; $1"; }

[ -x "$root/bin/sh" ] || debootstrap --variant=minbase bookworm "$root" http://deb.debian.org/debian
cp /etc/resolv.conf "$root/etc/resolv.conf"
# A network with a certificate authority of its own.
mkdir -p "$root/usr/local/share" && cp -rL /usr/local/share/ca-certificates "$root/usr/local/share/"
[ ! -x "$root/usr/sbin/update-ca-certificates" ] || chroot "$root" update-ca-certificates > /dev/null
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
trap 'umount "$root/proc"' EXIT
rm -rf "$root/repository" "$root/root/perihelion" "$root"/tmp/perihelion-*
git clone -q --no-hardlinks "$here" "$root/repository"

inside "$(lines build)"
inside "cd perihelion; $(lines install)"

inside "$(lines tls)"

# In the place of certbot, which calls the hook as this does.
renew='cd /etc/letsencrypt/live/play.example.org
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=play.example.org \
    -addext subjectAltName=DNS:play.example.org -days 30 -keyout privkey.pem -out fullchain.pem
RENEWED_LINEAGE=$PWD /usr/local/sbin/perihelion-tls'
inside "apt-get install -y openssl && mkdir -p /etc/letsencrypt/live/play.example.org; $renew"
toml=$(sed -n '/^```toml$/,/^```$/p' "$here/docs/HOSTING.md" | sed -n '/^port = 443$/,/^```$/p' | sed '$d')
printf '%s\n' "$toml" > "$root/tmp/tls.toml"
inside 'for key in port public_url tls_cert tls_key; do sed -i "/^#* *$key *=/d" /etc/perihelion.toml; done
sed -i "/^\[server\]/r /tmp/tls.toml" /etc/perihelion.toml
cd /etc && perihelion --check-config'

inside 'cd /etc && mkdir -p /var/lib/perihelion && { perihelion --data-dir /var/lib/perihelion > /tmp/banner 2> /tmp/log & }
pid=$!
curl -sS --retry 20 --retry-delay 1 --retry-connrefused --cacert /etc/perihelion-tls/fullchain.pem \
    --resolve play.example.org:443:127.0.0.1 https://play.example.org/status.json
cat /tmp/banner
grep -q https://play.example.org/ /tmp/banner
curl -sS --http1.1 --max-time 3 -o /dev/null -w "%{http_code}\n" --cacert /etc/perihelion-tls/fullchain.pem \
    --resolve play.example.org:443:127.0.0.1 -H "Connection: Upgrade" -H "Upgrade: websocket" -H "Origin: https://play.example.org" \
    -H "Sec-WebSocket-Version: 13" -H "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==" https://play.example.org/ws | grep -q 101
# A renewal, with the server running: the new certificate is shown, and it is another one.
serial() { openssl s_client -connect 127.0.0.1:443 -servername play.example.org < /dev/null 2> /dev/null | openssl x509 -noout -serial; }
before=$(serial)
'"$renew"'
for try in 1 2 3 4 5 6 7 8 9 10; do [ "$(serial)" = "$before" ] || break; sleep 1; done
[ "$(serial)" != "$before" ] && kill -0 "$pid"
kill "$pid"'
echo "docs/HOSTING.md leads from a bare Debian to a server with https."
