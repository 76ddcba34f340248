/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dialogue - what a VM says to its agent, and makes of what it hears. */
#include "host/vm/dialogue.h"

#include "host/record/event.h"
#include "host/vm/ending.h"
#include "shared/calibration.h"
#include "shared/clock.h"

#include <errno.h>
#include <stdio.h>

#define POWER_OFF_S 20.0 /* for the guest to go down by itself */

void dialogue_send_beat(struct vm *vm)
{
	Pb__HostBeat beat = PB__HOST_BEAT__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	beat.count = ++vm->beats;
	envelope.body_case = PB__ENVELOPE__BODY_HOST_BEAT;
	envelope.host_beat = &beat;
	/* A full staging buffer: the guest does not read, which shows soon. */
	if (vm->channel_is_open)
		(void)!channel_send(&vm->channel, &envelope);
}

static int send_run_spec(struct vm *vm)
{
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	envelope.body_case = PB__ENVELOPE__BODY_RUN_SPEC;
	envelope.run_spec = (Pb__RunSpec *)(uintptr_t)vm->spec.run_spec;
	return channel_send(&vm->channel, &envelope);
}

static void send_power_off(struct vm *vm)
{
	Pb__PowerOff power_off = PB__POWER_OFF__INIT;
	Pb__Envelope envelope = PB__ENVELOPE__INIT;

	envelope.body_case = PB__ENVELOPE__BODY_POWER_OFF;
	envelope.power_off = &power_off;
	vm->state = VM_FINISHING;
	vm_set_deadline(vm, POWER_OFF_S);
	if (channel_send(&vm->channel, &envelope) < 0)
		vm_kill(vm, vm->end_reason, "");
}

static void calibrate(struct vm *vm, const Pb__Hello *hello)
{
	Pb__Calibration calibration = PB__CALIBRATION__INIT;
	struct event_origin origin = vm_origin(vm);
	Pb__Event event;

	if (hello->calibration_ns == 0)
		return;
	calibration.guest_ns = hello->calibration_ns;
	calibration.host_ns = calibration_measure_ns();
	calibration.slowness_percent =
		calibration_slowness(calibration.guest_ns, calibration.host_ns);
	vm->slowness_percent = calibration.slowness_percent;
	vm_set_limit(vm);
	event_init(&event, &origin);
	event.body_case = PB__EVENT__BODY_CALIBRATION;
	event.calibration = &calibration;
	vm_emit(vm, &event);
}

static int on_hello(struct vm *vm, const Pb__Hello *hello)
{
	if (vm->state != VM_BOOTING)
		return channel_resume(&vm->channel, hello->received_upto);
	calibrate(vm, hello);
	if (vm->state != VM_BOOTING)
		return 0; /* the journal can't be written */
	vm->state = VM_SETUP;
	blackbox_guest_is_up(&vm->blackbox);
	vm_set_deadline(vm,
			(double)vm->spec.run_spec->setup_timeout_ms / 1000.0 +
				VM_BEAT_S);
	return send_run_spec(vm);
}

static void on_job_finished(struct vm *vm, const Pb__JobFinished *finished)
{
	vm->job_end = finished->end;
	switch (finished->end) {
	case PB__JOB_END__JOB_END_WEDGED:
		/* Going down would wait for what can't be killed. */
		vm_kill(vm, PB__VM_END_REASON__VM_END_WEDGED, finished->reason);
		return;
	case PB__JOB_END__JOB_END_CHECK_FAILED:
		ending_set_reason(vm, PB__VM_END_REASON__VM_END_CHECK_FAILED,
				  finished->reason);
		break;
	case PB__JOB_END__JOB_END_UNCLEAN:
		ending_set_reason(vm, PB__VM_END_REASON__VM_END_FINISHED,
				  finished->reason);
		break;
	case PB__JOB_END__JOB_END_COMPLETE:
	case PB__JOB_END__JOB_END_STOPPED:
	case PB__JOB_END__JOB_END_UNSPECIFIED:
	case _PB__JOB_END_IS_INT_SIZE:
		ending_set_reason(vm, PB__VM_END_REASON__VM_END_FINISHED, "");
		break;
	}
	send_power_off(vm);
}

static void on_setup_failed(struct vm *vm, const Pb__SetupFailed *failed)
{
	char text[512];

	snprintf(text, sizeof(text), "%.64s: %.400s", failed->step,
		 failed->reason);
	ending_set_reason(vm, PB__VM_END_REASON__VM_END_SETUP_FAILED, text);
	send_power_off(vm);
}

static void react(struct vm *vm, const Pb__Envelope *envelope)
{
	if (envelope->body_case == PB__ENVELOPE__BODY_HELLO) {
		if (on_hello(vm, envelope->hello) < 0)
			vm_kill(vm, PB__VM_END_REASON__VM_END_PROTOCOL,
				"a Hello that can't be answered");
	} else if (envelope->body_case == PB__ENVELOPE__BODY_SETUP_DONE) {
		vm->state = VM_RUNNING;
		vm_set_deadline(vm, 0);
	} else if (envelope->body_case == PB__ENVELOPE__BODY_SETUP_FAILED) {
		on_setup_failed(vm, envelope->setup_failed);
	} else if (envelope->body_case == PB__ENVELOPE__BODY_JOB_FINISHED) {
		on_job_finished(vm, envelope->job_finished);
	}
}

static void protocol_broken(struct vm *vm, const char *why)
{
	Pb__ProtocolBroken broken = PB__PROTOCOL_BROKEN__INIT;
	struct event_origin origin = vm_origin(vm);
	char text[256];
	Pb__Event event;

	broken.reason = (char *)(uintptr_t)why;
	broken.skipped_bytes = wire_skipped(&vm->channel.wire);
	event_init(&event, &origin);
	event.body_case = PB__EVENT__BODY_PROTOCOL_BROKEN;
	event.protocol_broken = &broken;
	vm_emit(vm, &event);
	snprintf(text, sizeof(text), "guest broke the protocol: %s", why);
	vm_kill(vm, PB__VM_END_REASON__VM_END_PROTOCOL, text);
}

static int on_channel_message(void *context, const Pb__Envelope *envelope)
{
	struct vm *vm = context;
	struct event_origin origin = vm_origin(vm);
	const char *why = "";
	Pb__Event event;
	int rc;

	vm->last_message = ev_now(vm->loop);
	liveness_heard(&vm->liveness, clock_mono_ns());
	investigation_abort(&vm->investigation);
	console_set_forgetful(&vm->console, false);
	if (session_step(&vm->session, envelope, &why) < 0) {
		protocol_broken(vm, why);
		return -EPROTO;
	}
	if (envelope->body_case == PB__ENVELOPE__BODY_HEARTBEAT) {
		vm->owner.on_heartbeat(vm->owner.context, envelope->heartbeat);
		return 0;
	}
	if (event_from_guest(&event, &origin, envelope) < 0) {
		rc = vm->owner.on_bulk(vm->owner.context, envelope);
		return rc < 0 ? vm_host_failed(vm, rc) : 0;
	}
	rc = vm->owner.on_event(vm->owner.context, &event);
	if (rc < 0)
		return vm_host_failed(vm, rc);
	react(vm, envelope);
	return 0;
}

static void on_channel_connected(void *context, pid_t peer)
{
	struct vm *vm = context;
	Pb__VmConnected connected = PB__VM_CONNECTED__INIT;
	struct event_origin origin = vm_origin(vm);
	Pb__Event event;

	blackbox_begin(&vm->blackbox, peer, vm->process.pid,
		       vm->spec.vng->memory_mib << 20);
	vm->connected = true;
	connected.qemu_pid = (uint32_t)peer;
	event_init(&event, &origin);
	event.body_case = PB__EVENT__BODY_VM_CONNECTED;
	event.vm_connected = &connected;
	vm_emit(vm, &event);
}

static void on_channel_broken(void *context, const char *why)
{
	protocol_broken(context, why);
}

static void on_channel_closed(void *context)
{
	struct vm *vm = context;
	Pb__LinkClosed closed = PB__LINK_CLOSED__INIT;
	struct event_origin origin = vm_origin(vm);
	Pb__Event event;

	closed.reason = (char *)(uintptr_t) "";
	event_init(&event, &origin);
	event.body_case = PB__EVENT__BODY_LINK_CLOSED;
	event.link_closed = &closed;
	vm_emit(vm, &event);
	/* QEMU is gone or going: its console says why, if anything does. */
	if (vm->state < VM_FINISHING)
		vm_set_deadline(vm, VM_LAST_WORDS_S);
	ending_check(vm);
}

int dialogue_open(struct vm *vm, const char *path)
{
	const struct channel_owner owner = {
		.on_connected = on_channel_connected,
		.on_message = on_channel_message,
		.on_broken = on_channel_broken,
		.on_closed = on_channel_closed,
		.context = vm,
	};
	int rc = channel_open(&vm->channel, vm->loop, path, &owner);

	vm->channel_is_open = rc == 0;
	return rc;
}
