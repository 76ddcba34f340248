/* SPDX-License-Identifier: GPL-2.0-or-later */
/* launch - the start of a VM's processes. */
#include "host/vm/launch.h"

#include "host/vm/unpacked.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* agent, agent_init, tree, warm, channel, qmp */
enum { LINKS = 6 };

/* Where it can't be, the kernel unpacks itself. */
static int place_unpacked(struct vm *vm, struct vng_spec *vng,
			  char to[SOCKDIR_MEMBER + 1])
{
	const struct kernel *kernel = vm->spec.kernel;
	char unpacked[PATH_MAX];
	char why[UNPACKED_WHY];
	int rc;

	if (!vng->may_unpack || kernel->image != IMAGE_BZIMAGE ||
	    unpacked_get(kernel->path, getenv("PATH"), unpacked, why) < 0)
		return 0;
	rc = sockdir_link(&vm->dir, "vmlinux", unpacked);
	vng->unpacked =
		sockdir_path(&vm->dir, "vmlinux", to, SOCKDIR_MEMBER + 1);
	return rc;
}

static int prepare_links(struct vm *vm, struct vng_spec *vng,
			 struct vng_drive *drives,
			 char (*paths)[SOCKDIR_MEMBER + 1])
{
	const struct vng_spec *user = vm->spec.vng;
	char name[SOCKDIR_NAME + 1];
	int rc = sockdir_link(&vm->dir, "agent", user->agent_dir);
	size_t at = 0;

	vng->agent_dir =
		sockdir_path(&vm->dir, "agent", paths[at++], sizeof(paths[0]));
	/* The guest's root shows the private directory as it is. */
	vng->agent_init = sockdir_path(&vm->dir, "agent/fstvm-agent",
				       paths[at++], sizeof(paths[0]));
	if (rc == 0 && user->tree != NULL)
		rc = sockdir_link(&vm->dir, "tree", user->tree);
	if (user->tree != NULL)
		vng->tree = sockdir_path(&vm->dir, "tree", paths[at++],
					 sizeof(paths[0]));
	if (rc == 0 && user->warm != NULL)
		rc = sockdir_link(&vm->dir, "warm", user->warm);
	if (user->warm != NULL)
		vng->warm = sockdir_path(&vm->dir, "warm", paths[at++],
					 sizeof(paths[0]));
	for (size_t i = 0; rc == 0 && i < user->drive_count; i++) {
		snprintf(name, sizeof(name), "d%zu", i);
		rc = sockdir_link(&vm->dir, name, user->drives[i].path);
		drives[i] = user->drives[i];
		drives[i].path = sockdir_path(&vm->dir, name, paths[at++],
					      sizeof(paths[0]));
	}
	vng->drives = drives;
	vng->channel = sockdir_path(&vm->dir, "ch.sock", paths[at++],
				    sizeof(paths[0]));
	vng->qmp =
		sockdir_path(&vm->dir, "qmp.sock", paths[at], sizeof(paths[0]));
	return rc;
}

int launch_vng(struct vm *vm, const char **ret_step)
{
	static char kernel[PATH_MAX];
	static char unpacked[SOCKDIR_MEMBER + 1];
	static struct vng_argv argv;
	static struct vng_environ environment;
	static char paths[VNG_DRIVES + LINKS][SOCKDIR_MEMBER + 1];
	struct vng_drive drives[VNG_DRIVES];
	struct vng_spec vng = *vm->spec.vng;
	int rc;

	*ret_step = "make links in the private directory";
	rc = prepare_links(vm, &vng, drives, paths);
	if (rc == 0 && vm->spec.kernel != NULL) {
		rc = kernel_place(vm->spec.kernel, &vm->dir, kernel,
				  sizeof(kernel));
		vng.kernel = kernel;
		if (rc == 0)
			rc = place_unpacked(vm, &vng, unpacked);
	}
	if (rc < 0)
		return rc;
	*ret_step = "make vng's command line";
	rc = vng_argv(&argv, &vng);
	if (rc == 0)
		rc = vng_environ(&environment, vm->dir.path, vm->dir.mark,
				 (const char *const *)environ);
	if (rc < 0)
		return rc;
	*ret_step = "start the guard";
	rc = guard_open(&vm->guard, vm->dir.path, vm->dir.mark);
	if (rc < 0)
		return rc;
	*ret_step = "start vng";
	rc = process_spawn(&vm->process, argv.argv, environment.envp);
	if (rc == 0)
		rc = guard_watch(&vm->guard, vm->process.pid);
	if (rc == 0)
		rc = vm_announce(vm, &argv);
	if (rc == 0)
		rc = process_release(&vm->process);
	return rc;
}
