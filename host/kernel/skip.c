/* SPDX-License-Identifier: GPL-2.0-or-later */
/* skip - lists of functions that are not to blame.
 *
 * In the lists "x" is a name, "x*" a beginning, "*x*" a part of one.
 */
#include "host/kernel/skip.h"

#include <stddef.h>
#include <string.h>

/* clang-format off */
static const char *const services[] = {
	/* The sanitizers and what prints their reports. */
	"____kasan_*", "check_access", "check_shadow*", "report_enabled",
	"start_report", "find_watchpoint", "object_to_*", "asan_report*",
	"hwasan_*", "handle_cfi*", "cfi_*", "__cfi_*", "report_cfi*",
	"restore_bytes", "check_poison_obj", "kasan_*", "__kasan_*", "__asan_*",
	"__hwasan_*", "check_memory_region*", "__check_memory_region*",
	"memory_is_*", "check_region*", "kmsan_*", "__kmsan_*", "__msan_*",
	"kcsan_*", "__kcsan_*", "__tsan_*", "kfence_*", "__kfence_*",
	"__ubsan_*", "ubsan_*", "handle_overflow",
	"handle_object_size_mismatch*", "val_to_string", "__sanitizer_*",
	"__kcov*", "write_comp_data", "check_kcov_mode", "save_stack*",
	"stack_trace_*", "stack_depot_*", "object_err", "print_*", "check_slab",
	"check_object", "check_bytes_and_report", "describe_object*", "__free_slab", "free_slab", "discard_slab", "free_debug_processing*", "alloc_debug_processing*", "*_consistency_checks", "on_freelist", "validate_slab*",
	"free_to_partial_list", "free_to_pcs*", "alloc_single_from_*",
	"get_partial*", "put_cpu_partial*", "__put_partials",
	"__unfreeze_partials", "unfreeze_partials",
	"check_pad_bytes", "slab_pad_check",
	"init_object", "setup_object*", "set_track*", "check_valid_pointer",
	"free_slab_obj*", "refill_sheaf*", "barn_*", "pcs_*",
	"object_is_on_stack",
	/* Printing traces, WARN(), BUG(), panic(). */
	"_warn*", "add_taint", "generic_bug*", "find_bug", "__bug_*",
	"do_oops_*", "rust_fmt_*", "ex_handler_*", "fixup_exception",
	"c_backtrace", "__ext4_std_error", "__ext4_error*", "ext4_error*",
	"ext4_handle_error", "__ext4_abort", "__ext4_grp_locked_error",
	"assfail", "asswarn", "btrfs_assertfail", "btrfs_printk", "__btrfs_handle_fs_error",
	"__btrfs_panic", "xfs_corruption_error", "xfs_error_report",
	"xfs_buf_corruption_error", "xfs_verifier_error",
	"xfs_do_force_shutdown", "jbd2_journal_abort", "f2fs_stop_checkpoint",
	"f2fs_handle_*", "dump_stack*", "__dump_stack", "show_stack*",
	"show_regs*", "show_trace*", "dump_backtrace*", "walk_stackframe",
	"dump_cpu_task", "sched_show_task", "show_state*", "nmi_cpu_backtrace*",
	"nmi_trigger_*", "arch_trigger_*", "trigger_*backtrace*", "rcu_dump_*",
	"warn_*", "__warn*", "report_bug*", "__report_bug", "fixup_bug*",
	"__panic", "panic_*", "__x86_indirect_thunk*", "assertfail",
	"__reiserfs_panic", "__rust*", "panic", "vpanic", "check_panic_on_warn",
	"end_report", "bug_handler", "handle_bug", "bad_page",
	"check_new_page*", "usercopy_abort", "usercopy_warn",
	"__stack_chk_fail", "rust_begin_unwind", "_R*panic*", "rust_panic*",
	"rust_helper_*", "core::*", "<core::*", "alloc::*", "<alloc::*",
	/* Entry of faults and traps. */
	"do_PrefetchAbort", "__pabt_*", "__dabt_*", "__und_*",
	"___do_page_fault", "__bad_page_fault", "do_hash_page*",
	"program_check*", "alignment_exception", "alignment_common*",
	"_exception*", "unrecoverable_*", "exception_common*",
	"interrupt_return*", "instruction_access*", "pgm_check_*",
	"__do_pgm_check", "do_dat_exception", "do_protection_exception",
	"do_fault_error*", "do_no_context", "do_sigbus", "handle_fault_error*",
	"illegal_op", "monitor_event_exception", "do_asce_exception",
	"tlb_do_page_fault*", "do_ri", "do_bp", "do_ade", "handle_ade*",
	"handle_ri*", "handle_bp*", "notify_die", "stack_segment",
	"do_stack_segment", "xen_general_protection", "xen_page_fault",
	"xen_asm_exc_*", "end_repeat_nmi", "default_do_nmi", "do_nmi",
	"asm_call_on_*", "paranoid_*", "sync_regs", "handle_stack_overflow",
	"handle_bad_stack", "bad_mode", "bad_el0_sync", "arm64_serror_panic",
	"do_serror", "die", "__die*", "die_*", "oops_*", "no_context",
	"__bad_area*", "bad_area*", "do_trap*", "do_error_trap",
	"do_invalid_op", "invalid_op", "exc_*", "asm_exc_*",
	"handle_exception*", "do_mem_abort", "do_translation_fault",
	"do_tag_check_fault", "do_tag_recovery", "__indirect_thunk*",
	"retint_*", "ret_from_exception", "ret_from_intr",
	"restore_regs_and_return_to_kernel", "do_page_fault", "__do_page_fault",
	"page_fault*", "async_page_fault", "error_code", "error_entry",
	"do_async_page_fault", "trace_do_page_fault", "spurious_kernel_fault",
	"do_general_protection", "general_protection", "do_double_fault",
	"double_fault", "do_divide_error", "divide_error", "do_int3", "int3",
	"el1_*", "el1h_*", "el1t_*", "el0_*", "el0t_*", "do_el1*",
	"do_debug_exception", "brk_handler", "call_break_hook", "do_DataAbort",
	"do_undef*", "do_bad_area", "do_kernel_fault", "__do_kernel_fault",
	"arm_notify_die", "do_alignment*", "do_sea", "do_bad", "user_fault*",
	"bad_page_fault", "handle_page_fault", "data_access_common*",
	"kernelmode_fixup_or_oops", "do_kern_addr_fault", "do_user_addr_fault",
	"irqentry_*", "fault_in_kernel_space", "__handle_fault",
	/* Allocators. */
	"__rmqueue*", "rmqueue*", "prep_compound_*", "alloc_contig_*",
	"free_frozen_*", "__free_frozen_*", "page_frag_*", "__page_frag_*",
	"ksize", "__ksize", "kvrealloc*", "cache_grow*", "transfer_objects",
	"fallback_alloc", "____kmem*", "do_kmem*", "__do_kmem*",
	"__do_cache_alloc", "__vcalloc", "vcalloc", "vmemdup_user*", "kstrndup",
	"kzfree", "__kzfree", "alloc_vmap_area", "__alloc_vmap_area",
	"free_vmap_area*", "insert_vmap_area*", "find_vmap_*", "__find_vmap_*",
	"remove_vm_area", "get_vm_area*", "__get_vm_area*",
	"vm_area_alloc_pages", "setup_vmalloc_vm", "folio_put*", "__folio_put*",
	"folio_get*", "folios_put*", "try_get_folio", "obj_cgroup_*",
	"mem_cgroup_charge*", "try_charge*", "dma_map_*", "dma_unmap_*",
	"alloc_tag_*", "__alloc_tagging_*", "alloc_tagging_*", "stackdepot_*",
	"bio_alloc*", "bvec_alloc*", "create_object*", "kmalloc*",
	"___kmalloc*", "__kvmalloc*", "dev_alloc_skb*", "alloc_skb_with_frags",
	"alloc_inode*", "new_inode*", "__kmalloc*", "__do_kmalloc*", "kzalloc*",
	"kcalloc*", "kvmalloc*", "kvzalloc*", "kmem_cache_*", "__kmem_cache_*",
	"slab_*", "__slab_*", "___slab_*", "cache_alloc*", "cache_free*",
	"____cache_alloc*", "kmem_getpages", "kmem_freepages", "__cache_*", "___cache_*", "do_slab_free", "kfree",
	"__kfree*", "kfree_*", "kvfree*", "vfree*", "__vunmap", "vunmap",
	"__vfree*", "vmalloc*", "__vmalloc*", "vzalloc*", "kmemdup*",
	"kstrdup*", "krealloc*", "__do_krealloc*", "kmemleak_*",
	"__create_object", "lookup_object", "memdup_*", "__alloc_frozen_*",
	"alloc_frozen_*", "__page_pool_alloc*", "page_pool_alloc*",
	"__alloc_page*", "alloc_page*", "__get_free_page*", "get_zeroed_page*",
	"free_page*", "__free_page*", "prep_new_page", "post_alloc_hook",
	"free_unref_*", "new_slab*", "allocate_slab*", "free_pcp*",
	"free_one_page", "folio_alloc*", "__folio_alloc*",
	"filemap_alloc_folio*", "page_cache_alloc*", "__page_cache_alloc",
	"pagecache_get_page", "__filemap_get_folio*", "grab_cache_page*",
	"find_get_*", "find_lock_*", "pagevec_*", "folio_batch_*",
	"truncate_inode_*", "truncate_folio_*", "find_or_create_page",
	"mempool_*", "remove_element*", "pcpu_*", "__alloc_percpu*",
	"alloc_percpu*", "free_percpu*", "free_large_kmalloc", "__put_page",
	"put_page*", "get_page*", "release_pages", "qlink_*", "quarantine_*",
	"dma_alloc*", "dma_pool_*", "devm_k*alloc*", "should_fail*",
	"__should_fail*", "fail_dump", "alloc_slab_*", "debug_dma_*",
	"percpu_ref_*", "early_alloc*", "memblock_*", "alloc_from_pcs*",
	"__pcs_*", "refill_obj*",
	/* Locks and what lockdep does in them. */
	"rwbase_*", "__rwbase_*", "__ww_*", "rtlock_*", "downgrade_write*",
	"lock_contended", "add_lock_to_list", "alloc_list_entry", "save_trace",
	"graph_lock", "graph_unlock", "__bfs*", "check_path", "check_redundant",
	"check_chain_key", "check_flags", "check_lock_chain_key",
	"find_usage_*", "hlock_*", "lock_pin_lock", "lock_unpin_lock",
	"lookup_chain_cache*", "add_chain_*", "task_blocks_on_rt_mutex",
	"remove_waiter", "try_to_take_rt_mutex", "___down_common", "_mutex_*",
	"_down_write*", "rwlock_bug", "_spin_*", "lock_sync", "valid_state",
	"lock_mmap_*", "mmap_lock*", "mmap_read_*", "mmap_write_*", "rcuref_*",
	"unlock_two_*", "double_lock*", "double_rq_lock*", "double_unlock*",
	"rq_lock*", "rq_unlock*", "device_lock*", "device_unlock*",
	"netdev_lock*", "netdev_unlock*", "rtnl_lock_*", "folio_lruvec_lock*",
	"lockref_*", "__lockref_*", "bit_spin_*", "pte_offset_map_lock*",
	"__pte_offset_map_lock", "rt_mutex*", "__rt_*", "_raw_*", "__raw_*",
	"do_raw_*", "spin_*", "__spin_*", "raw_spin_*", "read_lock*",
	"write_lock*", "_read_*", "_write_*", "mutex_*", "__mutex_*",
	"ww_mutex_*", "down", "up", "down_*", "up_*", "__down*", "__up*",
	"rwsem_*", "rtmutex_*", "rt_spin_*", "rt_read_*", "rt_write_*",
	"lock_acquire*", "lock_release*", "__lock_*", "lockdep_*",
	"lock_is_held*", "lock_set_*", "lock_downgrade", "lock_sock*",
	"release_sock", "bh_lock_sock*", "register_lock_class",
	"validate_chain*", "check_prev*", "check_dead*", "check_noncircular",
	"check_usage*", "check_irq_usage", "mark_lock*", "mark_held_locks",
	"mark_usage", "assign_lock_key", "look_up_lock*", "match_held_lock",
	"find_held_lock", "reacquire_held_locks", "check_wait_context",
	"debug_check_no_locks*", "debug_locks_off", "debug_show_*",
	"debug_mutex_*", "debug_spin_*", "debug_rt_mutex_*", "debug_rwlock_*",
	"debug_write_*", "debug_read_*", "rcu_read_*", "rcu_lock_*",
	"rcu_note_*", "percpu_down_*", "percpu_up_*", "__percpu_*",
	"native_queued_*", "queued_*", "__pv_queued_*", "pv_*", "osq_*",
	"mcs_spin_*", "folio_lock*", "__folio_lock*", "lock_page*",
	"unlock_page*", "folio_unlock*", "lock_two_*", "inode_lock*",
	"inode_unlock*", "seqcount_*", "do_write_seqcount*", "write_seqcount*",
	"read_seqbegin*", "task_rq_lock", "__task_rq_lock", "lock_rq*",
	"trylock_*", "rtnl_unlock*", "local_lock*", "reiserfs_write_lock*",
	"class_*_constructor", "class_*_destructor", "jbd2_might_wait*",
	"arch_spin_*", "ticket_*", "__ticket_*",
	/* Atomic operations and bits. */
	"change_bit", "__change_bit", "arch_change_*", "arch___*",
	"raw_cmpxchg*", "raw_xchg*", "try_cmpxchg*", "__try_cmpxchg*", "ffs",
	"fls", "__ffs", "__fls", "find_*_bit*", "local_irq_*", "raw_local_*",
	"irqs_disabled*", "readl", "readb", "readw", "readq", "writel",
	"writeb", "writew", "writeq", "READ_ONCE", "WRITE_ONCE", "atomic_*",
	"_atomic_*", "atomic64_*", "raw_atomic*", "arch_atomic*", "__atomic_*",
	"__ll_sc_*", "__lse_*", "instrument_*", "test_bit", "set_bit",
	"clear_bit", "test_and_*", "__set_bit", "__clear_bit", "arch_test_*",
	"arch_set_*", "arch_clear_*", "variable_test_bit", "constant_test_bit",
	"const_test_bit", "_test_bit", "generic_test_bit", "find_first_*",
	"find_next_*", "_find_*", "find_last_*", "bitmap_*", "__bitmap*",
	"cpumask_*", "__read_once_*", "__write_once_*", "read_word_*",
	"__xchg*", "__cmpxchg*", "cmpxchg*", "hweight*", "native_irq_*", "native_read_msr*", "native_write_msr*",
	"native_save_fl", "native_restore_fl", "native_safe_halt",
	"arch_local_*", "arch_irq*", "__preempt_*", "preempt_*", "__this_cpu_*",
	"this_cpu_*", "check_preemption_disabled", "debug_smp_processor_id",
	"get_bool", "__read_cr2", "data_race*",
	/* Reference counts. */
	"kobj_*", "refcount_*", "__refcount_*", "kref_*", "kobject_*",
	"__kobject_*", "get_device", "put_device", "klist_*", "ref_tracker_*",
	"hold_*ref*", "netdev_put", "netdev_hold", "netdev_tracker_*",
	"dev_put", "dev_hold", "rollback_registered*",
	"unregister_netdevice_many*", "unregister_netdevice_queue", "iput*",
	"dput*", "fast_dput", "__dput*", "ihold", "igrab", "iget_*", "dget*",
	"sock_hold", "sock_put", "__sock_put", "get_task_struct", "fput",
	"put_task_struct*", "get_net", "put_net", "maybe_get_net", "path_put",
	"path_get", "mntput*", "mntget", "drop_nlink", "inc_nlink", "set_nlink",
	"clear_nlink", "mark_buffer_dirty*", "mark_inode_dirty*",
	"__mark_inode_dirty*",
	/* Memory and strings, user copies, iterators. */
	"memscan", "strncpy_from*", "strnlen_user", "strlen_user", "strndup*",
	"skip_spaces", "__fortify*", "fortify_*", "copy_struct_from*",
	"copy_mc_*", "_copy*", "__iov_iter*", "import_iovec*", "__import_iovec",
	"import_single*", "import_ubuf", "memcpy_*", "memzero_*", "_memcpy*",
	"copy_highpage*", "clear_huge*", "ip_fast_csum", "__div64*", "__udiv*",
	"__aeabi_*", "user_access_*", "__uaccess*", "uaccess_*",
	"check_zeroed_user", "raw_get_user*", "raw_put_user*", "arch_copy_*",
	"mem*cpy*", "__mem*", "mem*move*", "memset*", "memcmp", "memchr*",
	"strlen", "strnlen", "strcmp", "strncmp", "strcpy", "strncpy",
	"strscpy*", "strlcpy", "strlcat", "strcat", "strncat", "strchr*",
	"strrchr", "strstr", "strnstr", "strsep", "strspn", "strcspn",
	"strnchr*", "strcasecmp", "strncasecmp", "strim", "strreplace",
	"strpbrk", "__str*", "__pi_*", "bcmp", "sized_str*", "__copy_*",
	"copy_*_user*", "copy_from_*", "copy_to_*", "copy_user_*",
	"*copy_from_user*", "*copy_to_user*", "simple_copy_to_iter", "copyin*",
	"copyout*", "raw_copy_*", "__arch_copy_*", "copy_page*", "copy_folio_*",
	"iov_iter_*", "iterate_*", "csum_partial*", "csum_and_*", "do_csum",
	"clear_user*", "__clear_user*", "clear_page*", "clear_highpage*",
	"get_user*", "__get_user*", "put_user*", "__put_user*", "rep_*",
	"check_copy_*", "__check_object_size", "__check_heap_object*",
	"check_heap_object", "check_stack_object", "check_page_span",
	"check_kernel_text_object", "memory_read_from*", "_parse_integer*",
	"kstrto*", "simple_str*", "sprintf", "sscanf", "access_ok",
	"do_strncpy*", "probe_kernel_*", "__probe_kernel_*", "crc32*", "crc16*",
	"crc_*", "hash_*", "jhash*", "siphash*", "xxh*", "unsafe_*",
	"zero_user*", "kmap*", "kunmap*", "put_unaligned*", "logic_in*",
	"logic_out*", "inb*", "outb*", "inw*", "outw*", "inl*", "outl*",
	"ioread*", "iowrite*", "get_unaligned*", "__get_unaligned*",
	"__put_unaligned*", "sort", "sort_r", "bsearch", "do_swap",
	"get_random_*",
	/* Lists, trees, maps. */
	"__list*", "____rb_*", "xarray*", "__xas_*", "mab_*", "__mas_*",
	"rhltable_*", "__rht_*", "__rhltable*", "__plist*", "interval_*",
	"__interval_*", "list_*", "hlist_*", "__hlist_*", "llist_*", "plist_*",
	"rb_*", "__rb_*", "radix_tree_*", "__radix_tree_*", "xa_*", "__xa_*",
	"xas_*", "idr_*", "__idr_*", "ida_*", "mas_*", "mt_*", "mtree_*",
	"rht_*", "rhashtable_*", "__rhashtable_*", "bucket_table_*", "kfifo_*",
	"__kfifo_*", "lru_add*",
	/* Printing. */
	"__printk*", "early_printk*", "nbcon_*", "___ratelimit", "__ratelimit",
	"va_format", "vsprintf*", "hex_dump*", "dev_vprintk*", "ip_addr_string",
	"special_hex_*", "hex_string", "printk*", "_printk*", "vprintk*",
	"console_unlock", "console_trylock*", "console_flush*", "console_emit*",
	"vsnprintf", "snprintf", "vscnprintf", "scnprintf", "pointer",
	"symbol_string*", "dev_printk*", "_dev_*", "__dev_printk*",
	"netdev_printk", "__netdev_printk", "number", "string",
	"string_nocheck", "format_decode", "kasprintf*", "kvasprintf*",
	"seq_printf", "seq_vprintf", "seq_puts", "dynamic_*dbg", "__dynamic_*",
	/* The device model. */
	"create_files", "internal_remove*", "remove_files*", "uevent_*",
	"device_add*", "device_release", "device_match*", "bus_notify*",
	"get_device_parent", "add_uevent_var", "device_for_each_child*",
	"device_shutdown", "devres_*", "release_nodes", "cdev_*",
	"tty_unregister_device", "tty_port_unregister_device",
	"i2c_del_adapter", "i2c_unregister_device", "__unregister_client",
	"kthread_stop*", "kthread_park", "device_del*", "device_register*",
	"device_unregister*", "device_create*", "device_destroy*",
	"device_initialize", "device_rename", "device_attach",
	"__device_attach*", "device_release_driver*", "bus_probe_device",
	"bus_add_device", "bus_remove_device", "bus_for_each_drv",
	"really_probe*", "__driver_probe_device", "driver_probe_device",
	"call_driver_probe", "sysfs_*", "__sysfs_*", "internal_create_group*",
	"create_dir", "dpm_sysfs_*", "device_private_init", "dev_set_name",
	"device_pm_*", "driver_sysfs_*", "netdev_queue_update_kobjects",
	/* Timers, work, RCU callbacks. */
	"internal_add_timer", "enqueue_timer*", "__add_timer*", "rcu_sync_*",
	"irq_work_*", "__irq_work*", "rcuwait_*", "ttwu_*", "kthread_flush*",
	"kthread_cancel*", "kthread_destroy*", "flush_rcu_work*",
	"disable_work*", "async_synchronize*", "init_rcu_head",
	"destroy_rcu_head*", "del_timer*", "timer_delete*", "timer_shutdown*",
	"mod_timer*", "__mod_timer*", "add_timer*", "try_to_del_timer*",
	"__try_to_del*", "__timer_delete*", "timer_pending",
	"timer_is_static_object", "timer_fixup_*", "work_is_static_object",
	"*_is_static_object", "lookup_object_or_alloc", "try_to_grab_pending",
	"work_grab_pending", "detach_timer*", "lock_timer_base", "init_timer*",
	"timer_init_key", "hrtimer_*", "__hrtimer_*", "debug_object_*",
	"__debug_object_*", "debug_check_no_obj_freed*",
	"__debug_check_no_obj_freed*", "debug_print_object*", "debug_timer_*",
	"debug_deactivate", "debug_activate", "debug_work_*", "debug_rcu_*",
	"flush_work*", "__flush_work*", "flush_delayed_work",
	"start_flush_work", "touch_*wq*", "cancel_work*", "__cancel_work*",
	"cancel_delayed_work*", "__cancel_delayed*", "drain_workqueue*",
	"destroy_workqueue", "check_flush_dependency", "__queue_work",
	"queue_work*", "__queue_delayed_work", "queue_delayed_work*",
	"mod_delayed_work*", "schedule_work*", "insert_work*", "set_work_*",
	"call_rcu*", "__call_rcu*", "call_srcu", "__call_srcu", "rcu_barrier*",
	"synchronize_*", "srcu_*", "init_srcu*", "cleanup_srcu_struct*",
	"__srcu_*", "rcu_segcblist*", "wait_rcu_gp", "__wait_rcu_gp",
	"schedule_timeout*", "tasklet_*", "wait_for_*", "do_wait_for_common",
	"completion_*", "complete", "complete_*", "swake_*", "__wake_up*",
	"wake_up_process", "wake_up_q", "wake_up_bit", "wake_up_state",
	"prepare_to_*wait*", "finish_wait", "init_wait*", "wait_on_*",
	"__wait_on_*", "out_of_line_wait_on_*", "ep_remove_wait*",
	"autoremove_wake_*", "try_to_wake_up", "bit_wait*",
	/* The scheduler's checks. */
	"__might*", "dynamic_cond*", "dynamic_preempt*", "dynamic_might*",
	"___might_*", "might_*", "__schedule*", "schedule", "schedule_debug",
	"io_schedule*", "__cond_resched*", "cond_resched*", "_cond_resched",
	"dequeue_task*", "context_switch",
	/* USB's core, which checks what drivers ask of it. */
	"usb_submit_urb", "usb_kill_urb", "usb_kill_anchored_urbs",
	"usb_start_wait_urb", "usb_internal_control_msg", "usb_control_msg*",
	"usb_bulk_msg", "usb_interrupt_msg", "usb_free_urb", "usb_put_urb",
	"usb_hcd_submit_urb", "usb_poison_urb", "usb_unlink_urb",
	/* Socket buffers: their owners are to blame. */
	"skb_put*", "__skb_put*", "skb_push*", "skb_pull*", "__skb_pull*",
	"skb_over_panic", "skb_under_panic", "__netdev_alloc_skb*",
	"netdev_alloc_*", "napi_alloc_*", "__napi_alloc_*", "consume_skb",
	"skb_release_*", "skb_free_*", "sk_skb_reason_drop", "skb_unlink",
	"__skb_unlink", "skb_dequeue*", "__skb_dequeue*", "skb_queue_*",
	"__skb_queue_*", "skb_peek*", "skb_copy*", "__skb_copy*",
	"__pskb_copy*", "skb_clone*", "__skb_clone", "pskb_expand_head",
	"skb_trim*", "pskb_*pull*", "__pskb_pull*", "skb_store_bits",
	"skb_checksum*", "__skb_checksum*", "skb_drop_*",
	"skb_page_frag_refill", "__build_skb*", "build_skb*", "skb_panic*",
	"sock_alloc_send_*", "sock_wmalloc", "sk_alloc", "sk_prot_alloc*",
	"__skb_get_hash*", "__skb_flow_dissect", "skb_ensure_writable",
	/* Tracing and profiling. */
	"__traceiter_*", "do_trace_*", "arch_ftrace*", "__ftrace*",
	"return_to_handler", "prepare_ftrace*", "function_graph*", "__cyg_*",
	"trace_hardirqs_*", "trace_softirqs_*", "trace_event_*", "trace_lock_*",
	"trace_preempt_*", "ftrace_*", "__trace_*", "perf_trace_*",
	"bpf_trace_run*", "__bpf_trace_*", "arch_stack_walk*", "unwind_*",
	"__unwind_*", "profile_pc", "get_wchan", "__do_softirq_own_stack",
	"mcount", "__fentry__", "__local_bh_*", "local_bh_*", "_local_bh_*",
	"stackinfo_*",
	/* Thin wrappers of everything. */
	"blocking_notifier_*", "notifier_call_*", "raw_notifier_*",
	"__blocking_notifier*", "__pa", "__va", "ERR_PTR", "PTR_ERR",
	"rcu_dereference*", "rcu_is_watching*", "__read_mostly*", "__builtin_*",
	"IS_ERR*", "PageHuge", "compound_head*", "virt_to_*", "page_to_*",
	"__phys_addr*", "__virt_to_phys*", "task_work_add", "put_cpu_*",
	"get_cpu_*", "current_*", "sock_net", "read_pnet", "dev_net", "0x*",
};
/* clang-format on */

/* clang-format off */
static const char *const allocators[] = {
	"*alloc*", "pcpu_*", "idr_*", "ida_*", "radix_tree_*", "__radix_tree_*",
	"xa_*", "__xa_*", "xas_*", "mas_*", "device_create*", "kvmalloc*",
	"kmemdup*", "kstrdup*", "kmemleak*", "create_object", "__create_object",
	"memdup_user*", "strndup_user", "kasprintf*", "kvasprintf*",
	"new_inode*", "skb_clone", "skb_copy*", "pskb_copy*",
	"pskb_expand_head", "__build_skb*", "build_skb*", "sock_wmalloc",
	"sk_clone*", "get_free_page*", "post_alloc_hook", "prep_new_page",
	"get_page_from_freelist", "kmem_cache_*", "slab_*", "kcalloc*",
	"kzalloc*", "krealloc*", "kmalloc*", "vzalloc*", "ida_pre_get",
	"__pskb_copy*", "skb_page_frag_refill", "set_page_owner*",
	"__set_page_owner*", "save_stack*", "stack_trace_save*",
	"kobject_set_name*", "dev_set_name", "kstrdup_const",
};
/* clang-format on */

/* clang-format off */
static const char *const dispatchers[] = {
	"__netif_receive_skb*", "netif_receive_skb*", "rtnetlink_rcv_msg",
	"nfnetlink_rcv_msg", "nfnetlink_rcv_batch", "sysenter_*",
	"blkdev_ioctl", "compat_blkdev_ioctl", "block_ioctl", "sys_ioctl",
	"sys_setsockopt", "do_sock_setsockopt", "sock_common_setsockopt",
	"process_one_work", "process_scheduled_works", "worker_thread",
	"kthread", "kthread_worker_fn", "ret_from_fork*", "do_syscall_*",
	"invoke_syscall*", "el0_svc*", "__invoke_syscall", "syscall_*",
	"entry_SYSCALL*", "entry_INT80*", "entry_SYSENTER*", "do_fast_syscall*",
	"do_int80*", "__do_fast_syscall*", "system_call*", "ret_fast_syscall",
	"x64_sys_call", "ia32_sys_call", "vfs_read*", "vfs_write*",
	"__vfs_read", "__vfs_write", "new_sync_*", "vfs_ioctl", "do_vfs_ioctl",
	"vfs_fsync*", "vfs_open", "vfs_iter_*", "do_iter_*", "call_read_iter",
	"call_write_iter", "vfs_readv", "vfs_writev", "do_readv*", "do_writev*",
	"do_loop_readv*", "do_softirq*", "__do_softirq*", "handle_softirqs",
	"run_ksoftirqd", "invoke_softirq", "irq_exit*", "__irq_exit*",
	"run_timer*", "__run_timer*", "call_timer_fn", "expire_timers*",
	"__run_hrtimer*", "__hrtimer_run_queues", "hrtimer_run_*",
	"hrtimer_interrupt", "net_rx_action", "net_tx_action", "__napi_poll*",
	"napi_poll", "rcu_do_batch", "rcu_core*", "rcu_process_callbacks",
	"rcu_cpu_kthread", "tasklet_action*", "sock_sendmsg*", "sock_recvmsg*",
	"__sock_sendmsg*", "sock_ioctl", "sock_write_iter", "sock_read_iter",
	"sock_release", "__sock_release", "sock_close", "sock_setsockopt",
	"__fput", "____fput", "task_work_run", "exit_to_user*", "do_exit",
	"do_group_exit", "get_signal", "do_signal*", "do_notify_resume*",
	"path_openat", "do_filp_open", "do_open*", "do_dentry_open",
	"lookup_open*", "__lookup_slow", "lookup_slow", "do_one_initcall",
	"kernel_init*", "do_initcalls", "start_secondary", "cpu_startup_entry",
	"do_idle", "start_kernel", "rest_init", "smpboot_thread_fn",
	"handle_irq_event*", "__handle_irq_event*", "handle_edge_irq",
	"generic_handle_irq*", "handle_fasteoi_irq", "common_interrupt*",
	"sysvec_*", "asm_sysvec_*", "asm_common_*", "do_IRQ", "iterate_dir",
	"vfs_getattr*", "*compat_*ioctl",
};
/* clang-format on */

/* clang-format off */
static const char *const waiting[] = {
	"do_read_cache_folio", "do_read_cache_page*", "*sched*",
	"context_switch", "__switch_to*", "*_lock", "*_lock_*", "*lock_slow*",
	"*_slowlock*", "*_slowpath*", "*_lock_common*", "down", "down_*",
	"__down*", "*rwsem*", "*completion*", "*kthread*", "*wait*",
	"*synchronize*", "cancel_delayed_work*", "cancel_work*",
	"__cancel_work*", "rcu_barrier*", "*_lock_nested*", "flush_work*",
	"__flush_work*", "flush_workqueue*", "__flush_workqueue*",
	"percpu_down_*", "__percpu_down_*", "percpu_rwsem*", "ret_from_fork*",
	"trace_*", "rtmutex_*", "rt_mutex_*", "refrigerator", "__refrigerator",
	"usleep*", "msleep*", "*mutex*", "bit_*", "lock_*", "hrtimer_*",
	"drain_workqueue*", "destroy_workqueue*", "*folio_lock*", "*lock_page*",
	"*lock_buffer*", "*_down_*", "*jiffies*", "ktime_get*", "wake_*", "process_timeout",
};
/* clang-format on */

/* A pattern with at most one inner and two outer stars. */
static bool glob(const char *pattern, const char *name)
{
	while (*pattern) {
		if (*pattern == '*') {
			pattern++;
			if (!*pattern)
				return true;
			for (; *name; name++) {
				if (*name == *pattern && glob(pattern, name))
					return true;
			}
			return false;
		}
		if (*pattern++ != *name++)
			return false;
	}
	return *name == '\0';
}

static bool in_list(const char *const *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if ((list[i][0] == name[0] || list[i][0] == '*') &&
		    glob(list[i], name))
			return true;
	}
	return false;
}

bool function_is_allocator(const char *name)
{
	return in_list(allocators, sizeof(allocators) / sizeof(allocators[0]),
		       name);
}

bool function_is_service(const char *name)
{
	return in_list(services, sizeof(services) / sizeof(services[0]), name);
}

bool function_is_checker(const char *name)
{
	static const char *const checkers[] = {
		"debug_smp_processor_id",
		"__this_cpu_preempt_check",
		"check_preemption_disabled",
	};

	return in_list(checkers, sizeof(checkers) / sizeof(checkers[0]), name);
}

bool function_is_dispatcher(const char *name)
{
	return in_list(dispatchers,
		       sizeof(dispatchers) / sizeof(dispatchers[0]), name);
}

bool function_is_waiting(const char *name)
{
	return in_list(waiting, sizeof(waiting) / sizeof(waiting[0]), name);
}
