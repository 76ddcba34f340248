/* SPDX-License-Identifier: GPL-2.0-or-later */
/* qmpline - one line of QEMU's machine protocol, read and written. */
#include "host/vm/qmpline.h"

#include <errno.h>
#include <string.h>

static void take_event(struct qmpline *line, const json_t *event)
{
	const char *name = json_string_value(event);

	if (name == NULL || strlen(name) >= sizeof(line->event))
		return;
	line->kind = QMPLINE_EVENT_KIND;
	bytes_copy_string(line->event, sizeof(line->event), name);
}

static void take_error(struct qmpline *line, const json_t *error)
{
	json_t *description = json_object_get(error, "desc");

	line->kind = QMPLINE_ERROR;
	if (json_is_string(description))
		line->value = json_incref(description);
}

static void take_object(struct qmpline *line, const json_t *object)
{
	const json_t *id = json_object_get(object, "id");
	json_t *value = json_object_get(object, "return");
	const json_t *error = json_object_get(object, "error");
	const json_t *event = json_object_get(object, "event");

	if (json_is_integer(id) && json_integer_value(id) >= 0)
		line->id = json_integer_value(id);
	if (value != NULL) {
		line->kind = QMPLINE_ANSWER;
		line->value = json_incref(value);
	} else if (error != NULL) {
		take_error(line, error);
	} else if (event != NULL) {
		take_event(line, event);
	} else if (json_object_get(object, "QMP") != NULL) {
		line->kind = QMPLINE_GREETING;
	}
}

void qmpline_parse(struct qmpline *line, struct bytes text)
{
	json_t *object = NULL;

	*line = (struct qmpline){.kind = QMPLINE_JUNK, .id = -1};
	if (text.len > 0 && text.len <= QMPLINE_MAX)
		object = json_loadb((const char *)text.data, text.len, 0, NULL);
	if (json_is_object(object))
		take_object(line, object);
	json_decref(object);
}

void qmpline_clear(struct qmpline *line)
{
	json_decref(line->value);
	line->value = NULL;
}

int qmpline_write(char to[QMPLINE_COMMAND], const char *command,
		  json_t *arguments, json_int_t id)
{
	json_t *object = json_pack("{s:s, s:I}", "execute", command, "id", id);
	size_t len;

	if (object == NULL ||
	    (arguments != NULL &&
	     json_object_set(object, "arguments", arguments) < 0)) {
		json_decref(object);
		return -ENOMEM;
	}
	len = json_dumpb(object, to, QMPLINE_COMMAND, JSON_COMPACT);
	json_decref(object);
	if (len == 0 || len + 2 > QMPLINE_COMMAND)
		return -E2BIG;
	to[len++] = '\r';
	to[len++] = '\n';
	return (int)len;
}
