/* SPDX-License-Identifier: GPL-2.0-or-later */
/* statedir - where the runs are kept that were given no directory. */
#include "host/record/statedir.h"

#include "host/record/journal.h"
#include "shared/bytes.h"
#include "shared/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *statedir_home(void)
{
	const char *home = getenv("HOME");
	const struct passwd *user = NULL;

	if (home && home[0] == '/')
		return home;
	user = getpwuid(getuid());
	return user && user->pw_dir[0] == '/' ? user->pw_dir : NULL;
}

int statedir_path(char *to, size_t cap)
{
	const char *state = getenv("XDG_STATE_HOME");
	const char *home = statedir_home();
	int len = 0;

	/* A relative one is to be ignored: XDG Base Directory 0.8. */
	if (state && state[0] == '/')
		len = snprintf(to, cap, "%s/fstvm/runs", state);
	else if (home)
		len = snprintf(to, cap, "%s/.local/state/fstvm/runs", home);
	else
		return -ENOENT;
	return len < 0 || (size_t)len >= cap ? -ENAMETOOLONG : 0;
}

int statedir_history(char *to, size_t cap)
{
	int r = statedir_path(to, cap);
	char *runs = r == 0 ? strrchr(to, '/') : NULL;

	if (r < 0)
		return r;
	if (cap - (size_t)(runs - to) < sizeof("/history"))
		return -ENAMETOOLONG;
	bytes_copy_string(runs, cap - (size_t)(runs - to), "/history");
	return 0;
}

int statedir_make_history(char *to, size_t cap)
{
	int r = statedir_history(to, cap);

	for (char *at = to; r == 0 && (at = strchr(at + 1, '/'));) {
		*at = '\0';
		if (mkdir(to, 0700) < 0 && errno != EEXIST)
			r = -errno;
		*at = '/';
	}
	return r;
}

static bool statedir_is_run(DIR *runs, const char *name)
{
	char journal[STATEDIR_NAME + sizeof(JOURNAL_NAME) + 1];
	struct stat st = {0};

	snprintf(journal, sizeof(journal), "%s/%s", name, JOURNAL_NAME);
	return fstatat(dirfd(runs), journal, &st, 0) == 0 &&
	       S_ISREG(st.st_mode);
}

struct statedir_search {
	const char *run;
	bool newest;
	int found;
	char *name;
};

/* True when the search is over. */
static bool statedir_consider(struct statedir_search *search, const char *name)
{
	if (search->newest) {
		if (!search->found || strcmp(name, search->name) > 0)
			bytes_copy_string(search->name, STATEDIR_NAME, name);
		search->found = 1;
		return false;
	}
	if (strncmp(name, search->run, strlen(search->run)) != 0)
		return false;
	bytes_copy_string(search->name, STATEDIR_NAME, name);
	search->found++;
	if (strcmp(name, search->run) != 0)
		return false;
	search->found = 1;
	return true;
}

int statedir_match(const char *run, char ret_name[STATEDIR_NAME])
{
	struct statedir_search search = {
		.run = run,
		.newest = strcmp(run, "latest") == 0,
		.name = ret_name,
	};
	char path[PATH_MAX];
	const struct dirent *entry = NULL;
	DIR *runs = NULL;
	int r = statedir_path(path, sizeof(path));

	if (r < 0 || run[0] == '\0')
		return r;
	runs = opendir(path);
	if (!runs)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(runs))) {
		if (entry->d_name[0] == '.' ||
		    !statedir_is_run(runs, entry->d_name))
			continue;
		if (statedir_consider(&search, entry->d_name))
			break;
	}
	closedir(runs);
	return search.found;
}
