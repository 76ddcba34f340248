/* SPDX-License-Identifier: GPL-2.0-or-later */
/* script - see script.h. */
#include "tests/replay/script.h"

#include "shared/arena.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SCRIPT_ARENA = 8 * 1024 * 1024,
	SCRIPT_WORD = 8192,
};

/* 2025-01-22T14:30:22Z */
#define SCRIPT_EPOCH_NS UINT64_C(1737556222000000000)

struct script {
	struct arena arena;
	const char *at;
	int line;
	Pb__Event event; /* time and place of the next one */
	script_sink *sink;
	void *context;
};

static _Noreturn void wrong(const struct script *script, const char *what,
			    const char *word)
{
	fprintf(stderr, "script line %d: %s: %s\n", script->line, what, word);
	abort();
}

static void skip_blanks(struct script *script)
{
	script->at += strspn(script->at, " \t");
}

static void *take_memory(struct script *script, size_t size)
{
	void *memory = arena_alloc(&script->arena, size);

	must(memory);
	return memory;
}

/* Up to one of the stop characters, or the end of the line. */
static void take_word(struct script *script, const char *stops,
		      char word[SCRIPT_WORD])
{
	size_t len = strcspn(script->at, stops);

	must(len < SCRIPT_WORD);
	memcpy(word, script->at, len);
	word[len] = '\0';
	script->at += len;
}

static char take_escape(struct script *script)
{
	char digits[3] = {0};
	char c = *script->at++;

	if (c == 'n')
		return '\n';
	if (c == 't')
		return '\t';
	if (c == 'r')
		return '\r';
	if (c != 'x')
		return c;
	digits[0] = script->at[0];
	digits[1] = digits[0] ? script->at[1] : '\0';
	if (!isxdigit((unsigned char)digits[0]) ||
	    !isxdigit((unsigned char)digits[1]))
		wrong(script, "not \\xNN", digits);
	script->at += 2;
	return (char)strtoul(digits, NULL, 16);
}

static void take_quoted(struct script *script, char word[SCRIPT_WORD])
{
	size_t len = 0;

	script->at++;
	while (*script->at != '"') {
		if (!*script->at || *script->at == '\n')
			wrong(script, "no closing quote", word);
		must(len + 1 < SCRIPT_WORD);
		if (*script->at == '\\') {
			script->at++;
			word[len++] = take_escape(script);
		} else {
			word[len++] = *script->at++;
		}
	}
	script->at++;
	word[len] = '\0';
}

static void take_value(struct script *script, char word[SCRIPT_WORD])
{
	if (*script->at == '"')
		take_quoted(script, word);
	else
		take_word(script, " \t\n)", word);
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t end_len = strlen(end);

	return len >= end_len && !strcmp(text + len - end_len, end);
}

static uint64_t number_of(const struct script *script,
			  const ProtobufCFieldDescriptor *field,
			  const char *word)
{
	char *end;
	double seconds;
	uint64_t number = strtoull(word, &end, 0);

	if (end != word && !*end)
		return number;
	seconds = strtod(word, &end);
	if (end == word || strcmp(end, "s") != 0)
		wrong(script, "not a number", word);
	if (ends_with(field->name, "_ns"))
		return (uint64_t)(seconds * 1e9 + 0.5);
	if (ends_with(field->name, "_us"))
		return (uint64_t)(seconds * 1e6 + 0.5);
	return (uint64_t)(seconds * 1e3 + 0.5);
}

/* "not-reached" is VERDICT_NOT_REACHED; a number is itself, known or not. */
static int enum_of(const struct script *script,
		   const ProtobufCFieldDescriptor *field, const char *word)
{
	const ProtobufCEnumDescriptor *values = field->descriptor;
	char end[128] = "_";

	if (isdigit((unsigned char)*word))
		return atoi(word);
	for (size_t i = 0; word[i] && i < sizeof(end) - 2; i++)
		end[i + 1] = word[i] == '-'
				     ? '_'
				     : (char)toupper((unsigned char)word[i]);
	for (unsigned int i = 0; i < values->n_values; i++) {
		if (ends_with(values->values[i].name, end))
			return values->values[i].value;
	}
	wrong(script, "no such value", word);
}

static ProtobufCMessage *take_message(struct script *script,
				      const ProtobufCMessageDescriptor *type);

static size_t size_of(const ProtobufCFieldDescriptor *field)
{
	if (field->type == PROTOBUF_C_TYPE_BOOL)
		return sizeof(protobuf_c_boolean);
	if (field->type == PROTOBUF_C_TYPE_UINT32 ||
	    field->type == PROTOBUF_C_TYPE_ENUM)
		return sizeof(uint32_t);
	return sizeof(uint64_t); /* and pointers */
}
static_assert(sizeof(void *) == sizeof(uint64_t), "for 64-bit machines");

static void store(struct script *script, const ProtobufCFieldDescriptor *field,
		  void *to)
{
	char word[SCRIPT_WORD];

	if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
		if (*script->at != '(')
			wrong(script, "no (message)", field->name);
		script->at++;
		*(void **)to = take_message(script, field->descriptor);
		if (*script->at++ != ')')
			wrong(script, "no closing parenthesis", field->name);
		return;
	}
	take_value(script, word);
	if (field->type == PROTOBUF_C_TYPE_STRING) {
		char *copy = take_memory(script, strlen(word) + 1);

		strcpy(copy, word);
		*(char **)to = copy;
	} else if (field->type == PROTOBUF_C_TYPE_BOOL) {
		*(protobuf_c_boolean *)to = number_of(script, field, word) != 0;
	} else if (field->type == PROTOBUF_C_TYPE_ENUM) {
		*(int *)to = enum_of(script, field, word);
	} else if (field->type == PROTOBUF_C_TYPE_UINT32) {
		*(uint32_t *)to = (uint32_t)number_of(script, field, word);
	} else if (field->type == PROTOBUF_C_TYPE_UINT64) {
		*(uint64_t *)to = number_of(script, field, word);
	} else {
		wrong(script, "no such type of field in scripts", field->name);
	}
}

/* Room for one more element: the array is doubled when it is full. */
static void *append(struct script *script,
		    const ProtobufCFieldDescriptor *field, uint8_t *message)
{
	size_t *count = (void *)(message + field->quantifier_offset);
	void **array = (void *)(message + field->offset);
	size_t size = size_of(field);

	if ((*count & (*count - 1)) == 0) {
		size_t room = *count ? *count * 2 : 1;
		void *grown = take_memory(script, room * size);

		if (*count)
			memcpy(grown, *array, *count * size);
		*array = grown;
	}
	return (uint8_t *)*array + (*count)++ * size;
}

static void take_field(struct script *script, ProtobufCMessage *message)
{
	uint8_t *base = (uint8_t *)message;
	const ProtobufCFieldDescriptor *field;
	char word[SCRIPT_WORD];

	take_word(script, "= \t\n)", word);
	field = protobuf_c_message_descriptor_get_field_by_name(
		message->descriptor, word);
	if (!field || *script->at != '=')
		wrong(script, "no such field", word);
	script->at++;
	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		store(script, field, append(script, field, base));
	else
		store(script, field, base + field->offset);
}

static ProtobufCMessage *take_message(struct script *script,
				      const ProtobufCMessageDescriptor *type)
{
	ProtobufCMessage *message = take_memory(script, type->sizeof_message);

	type->message_init(message);
	skip_blanks(script);
	while (*script->at && *script->at != '\n' && *script->at != ')') {
		take_field(script, message);
		skip_blanks(script);
	}
	return message;
}

static void send_event(struct script *script)
{
	size_t size = pb__event__get_packed_size(&script->event);
	uint8_t *packed = take_memory(script, size + 1);
	Pb__Event *event;

	pb__event__pack(&script->event, packed);
	event = pb__event__unpack(NULL, size, packed);
	must(event);
	script->sink(script->context, event);
	pb__event__free_unpacked(event, NULL);
}

static void take_event(struct script *script, const char *name)
{
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(
			&pb__event__descriptor, name);
	uint8_t *base = (uint8_t *)&script->event;

	if (!field || field->type != PROTOBUF_C_TYPE_MESSAGE)
		wrong(script, "no such event", name);
	*(void **)(void *)(base + field->offset) =
		take_message(script, field->descriptor);
	script->event.body_case = (Pb__Event__BodyCase)field->id;
	send_event(script);
	arena_reset(&script->arena);
}

static void take_time(struct script *script, const char *word)
{
	script->event.mono_ns = (uint64_t)(strtod(word, NULL) * 1e9 + 0.5);
	script->event.real_ns = SCRIPT_EPOCH_NS + script->event.mono_ns;
}

static void take_line(struct script *script)
{
	char word[SCRIPT_WORD];
	char value[SCRIPT_WORD];

	skip_blanks(script);
	take_word(script, " \t\n", word);
	skip_blanks(script);
	if (!*word || *word == '#') {
		take_word(script, "\n", value);
		return;
	}
	if (strcmp(word, "at") != 0 && strcmp(word, "boot") != 0 &&
	    strcmp(word, "vm") != 0) {
		take_event(script, word);
		return;
	}
	take_value(script, value);
	if (!strcmp(word, "at"))
		take_time(script, value);
	else if (!strcmp(word, "boot"))
		script->event.boot = (uint32_t)strtoul(value, NULL, 10);
	else
		script->event.vm = (uint32_t)strtoul(value, NULL, 10);
}

void script_run(const char *text, script_sink *sink, void *context)
{
	struct script script = {
		.at = text,
		.sink = sink,
		.context = context,
	};

	must(arena_create(&script.arena, SCRIPT_ARENA) == 0);
	pb__event__init(&script.event);
	take_time(&script, "0");
	while (*script.at) {
		script.line++;
		take_line(&script);
		skip_blanks(&script);
		if (*script.at && *script.at != '\n')
			wrong(&script, "more than a line", script.at);
		if (*script.at)
			script.at++;
	}
	arena_destroy(&script.arena);
}

char *script_read_file(const char *path, size_t *ret_len)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t cap = 0;
	ssize_t len;

	if (!file) {
		perror(path);
		abort();
	}
	len = getdelim(&text, &cap, -1, file);
	fclose(file);
	if (len < 0) {
		text = realloc(text, 1);
		must(text);
		text[0] = '\0';
		len = 0;
	}
	if (ret_len)
		*ret_len = (size_t)len;
	return text;
}
