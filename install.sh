#!/bin/sh
# Copies the skills and their agents to where Claude Code looks for them, for people without its plugin system.
# Everything written stands in a manifest; --uninstall removes exactly that.
set -eu

self=$0
while [ -h "$self" ]; do
  link=$(readlink "$self")
  case $link in
    /*) self=$link ;;
    *) self=${self%/*}/$link ;;
  esac
done
case $self in */*) root=${self%/*} ;; *) root=. ;; esac
root=$(cd "$root" && pwd -P)

local=no
force=no
uninstall=no
wanted=

available() {
  for folder in "$root"/skills/backlog-*/; do
    folder=${folder%/}
    printf '%s ' "${folder##*/backlog-}"
  done
}

usage() {
  cat <<USAGE
usage: ./install.sh [--local] [--skills a,b] [--force] [--uninstall] [-h]

Copies the skills of backlog-toolkit into ~/.claude/skills, their agents into ~/.claude/agents,
and links backlog into ~/.local/bin.

  --local        into .claude/ of the current folder; nothing is linked
  --skills a,b   only these, of: $(available)
  --force        overwrite without asking; with --uninstall, remove files that were edited too
  --uninstall    remove what was installed, and nothing else
  -h, --help     this text

Hooks come with the plugin (claude plugin install). Without it, backlog-hooks.json is written beside
the skills: start with claude --settings FILE, or copy its "hooks" into your settings.
USAGE
}

fail() { # fail EXIT-CODE MESSAGE FIX
  printf 'error: %s\nfix: %s\n' "$2" "$3" >&2
  exit "$1"
}

while [ $# -gt 0 ]; do
  case $1 in
    --local) local=yes ;;
    --force) force=yes ;;
    --uninstall) uninstall=yes ;;
    --skills)
      [ -n "${2:-}" ] || fail 2 '--skills needs a list' "name some of: $(available)"
      wanted=$2
      shift
      ;;
    --skills=?*) wanted=${1#--skills=} ;;
    --skills=) fail 2 '--skills needs a list' "name some of: $(available)" ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) fail 2 "unknown option $1" 'use --local, --skills a,b, --force, --uninstall or -h' ;;
  esac
  shift
done

if [ "$local" = yes ]; then
  base=$(pwd -P)/.claude
else
  [ -n "${HOME:-}" ] || fail 1 'HOME is not set' 'set HOME, or use --local in a project'
  base=${CLAUDE_CONFIG_DIR:-$HOME/.claude}
fi
case $base in /*) ;; *) base=$(pwd -P)/$base ;; esac
manifest=$base/backlog-toolkit.manifest
tab=$(printf '\t')

sum() { cksum <"$1" | tr ' ' ':'; }

# Lines of the manifest: file TAB checksum TAB path below $base; link TAB target TAB absolute path; dir TAB - TAB absolute
# path, for a folder that was not there before.
remove_installed() {
  if [ ! -f "$manifest" ]; then
    printf 'nothing to remove: %s has no backlog-toolkit.manifest\n' "$base"
    return 0
  fi
  kept=
  while IFS=$tab read -r kind mark name; do
    case $kind in
      link)
        if [ -h "$name" ] && [ "$(readlink "$name")" = "$mark" ]; then rm -f "$name"; fi
        ;;
      file)
        case /$name/ in */../* | //*) continue ;; esac
        [ -e "$base/$name" ] || continue
        if [ "$force" = no ] && [ "$(sum "$base/$name")" != "$mark" ]; then
          printf 'kept, it was edited: %s\n' "$base/$name"
          kept="$kept$kind$tab$mark$tab$name
"
          continue
        fi
        rm -f "$base/$name"
        ;;
    esac
  done <"$manifest"
  folders=$(sed -n "s/^dir$tab-$tab//p" "$manifest" | sort -r)
  if [ -n "$kept" ]; then
    {
      printf '%s' "$kept"
      grep "^dir$tab" "$manifest" || true
    } >"$manifest.new"
    mv -f "$manifest.new" "$manifest"
    printf 'edited files stay; ./install.sh --uninstall --force removes them\n'
  else
    rm -f "$manifest"
    printf 'removed what was installed in %s\n' "$base"
  fi
  printf '%s\n' "$folders" | while IFS= read -r folder; do
    # A folder that holds something of somebody's stays.
    [ -z "$folder" ] || rmdir "$folder" 2>/dev/null || true
  done
}

if [ "$uninstall" = yes ]; then
  [ -z "$wanted" ] || fail 2 '--uninstall removes everything that was installed' 'leave out --skills'
  remove_installed
  exit 0
fi

# The names that were asked for, long or short, each checked before anything is written.
names=
for name in $(if [ -n "$wanted" ]; then printf '%s' "$wanted" | tr ',' ' '; else available; fi); do
  name=${name#backlog-}
  case $name in *[!a-z-]* | '') fail 1 "unknown skill $name" "choose from: $(available)" ;; esac
  [ -f "$root/skills/backlog-$name/SKILL.md" ] || fail 1 "unknown skill $name" "choose from: $(available)"
  names="$names $name"
done
[ -n "$names" ] || fail 1 'no skill was named' "choose from: $(available)"

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
trap 'exit 130' INT TERM HUP

# Without a plugin there is no prefix: a skill is typed as /backlog-ticket, an agent is called backlog-toolkit-reviewer.
adapt() {
  sed -e 's#/backlog-toolkit:\([a-z]\)#/backlog-\1#g' \
    -e 's#backlog-toolkit:\([a-z]\)#backlog-toolkit-\1#g' "$1"
}

for name in $names; do
  (cd "$root/skills/backlog-$name" && find . -type f) | while IFS= read -r file; do
    file=skills/backlog-$name/${file#./}
    mkdir -p "$stage/${file%/*}"
    adapt "$root/$file" >"$stage/$file"
  done
done
for file in "$root"/agents/*.md; do
  agent=${file##*/}
  agent=${agent%.md}
  if grep -rqs "backlog-toolkit-$agent" "$stage/skills"; then
    mkdir -p "$stage/agents"
    adapt "$file" | sed "s/^name: $agent\$/name: backlog-toolkit-$agent/" >"$stage/agents/backlog-toolkit-$agent.md"
  fi
done
in_json=$(printf '%s' "$root" | sed 's/[\\"]/\\&/g')
in_sed=$(printf '%s' "$in_json" | sed 's/[\\&#]/\\&/g')
# shellcheck disable=SC2016
sed -e "s/backlog-toolkit:waive/backlog-waive/" -e '/^  "description":/d' -e "s#\${CLAUDE_PLUGIN_ROOT}#$in_sed#g" "$root/hooks/hooks.json" >"$stage/backlog-hooks.json"

(cd "$stage" && find . -type f | sed 's#^\./##' | sort) >"$stage.list"
trap 'rm -rf "$stage" "$stage.list" "$stage.dirs"' EXIT

# As it was installed by us before, so that a newer version may take its place.
ours() {
  [ -f "$manifest" ] && grep -qxF -- "file$tab$(sum "$base/$1")$tab$1" "$manifest"
}

# What else is there and differs is somebody's: ask, or refuse as a whole, before the first write.
changed=
while IFS= read -r file; do
  if [ ! -h "$base/$file" ]; then
    [ -e "$base/$file" ] || continue
    if cmp -s "$stage/$file" "$base/$file" || ours "$file"; then continue; fi
  fi
  changed="$changed
  $base/$file"
done <"$stage.list"
if [ -n "$changed" ] && [ "$force" = no ]; then
  if [ ! -t 0 ]; then
    fail 1 "these files exist and are not what would be installed:$changed" 'look at them, then use --force'
  fi
  printf 'These files exist and are not what would be installed:%s\nOverwrite them? [y/N] ' "$changed"
  read -r answer || answer=
  case $answer in [yY] | [yY][eE][sS]) ;; *) fail 1 'nothing was changed' 'answer y, or use --force' ;; esac
fi

# Folders that are not there yet, down to the given one.
missing() {
  [ -d "$1" ] || {
    missing "${1%/*}"
    printf 'dir\t-\t%s\n' "$1"
  }
}

# Ours to make when nothing has the name yet, or when it is ours already.
link=${HOME:-}/.local/bin/backlog
program=$root/bin/backlog
if [ "$local" = yes ] || { { [ -e "$link" ] || [ -h "$link" ]; } && [ "$(readlink "$link")" != "$program" ]; }; then link=; fi

# The manifest comes first, so that an installation cut short can be removed as well.
{
  missing "$base"
  sed 's#/[^/]*$##' "$stage.list" | sort -u | while IFS= read -r folder; do
    [ ! -d "$stage/$folder" ] || missing "$base/$folder"
  done
  [ -z "$link" ] || missing "${link%/*}"
} | sort -u >"$stage.dirs"
mkdir -p "$base"
{
  cat "$stage.dirs"
  if [ -f "$manifest" ]; then
    while IFS=$tab read -r kind mark name; do
      if [ "$kind" = file ] && grep -qxF -- "$name" "$stage.list"; then continue; fi
      printf '%s\t%s\t%s\n' "$kind" "$mark" "$name"
    done <"$manifest"
  fi
  while IFS= read -r file; do
    printf 'file\t%s\t%s\n' "$(sum "$stage/$file")" "$file"
  done <"$stage.list"
  [ -z "$link" ] || printf 'link\t%s\t%s\n' "$program" "$link"
} | sort -u >"$manifest.new"
mv -f "$manifest.new" "$manifest"
while IFS= read -r file; do
  case $file in */*) mkdir -p "$base/${file%/*}" ;; esac
  cp "$stage/$file" "$base/$file.new"
  mv -f "$base/$file.new" "$base/$file"
done <"$stage.list"
printf 'installed in %s:%s\n' "$base" "$names"

if [ -n "$link" ]; then
  mkdir -p "${link%/*}"
  [ -h "$link" ] || ln -s "$program" "$link"
  if [ "$(command -v backlog || true)" != "$link" ]; then
    printf 'linked %s, which PATH does not find first: export PATH="%s:$PATH"\n' "$link" "${link%/*}"
  fi
else
  [ "$local" = yes ] || printf 'another backlog is at %s and stays\n' "$HOME/.local/bin/backlog"
  printf 'make ours reachable: export PATH="%s:$PATH"\n' "$root/bin"
fi
printf 'Hooks are not installed: without them no request is recorded and the implementer stops at once.\n'
printf 'With them: claude --settings "%s", or copy its "hooks" into your settings.\n' "$base/backlog-hooks.json"
printf 'Next, in a project: /backlog-init\n'
