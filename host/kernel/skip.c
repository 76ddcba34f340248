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
	"kasan_*", "__kasan_*", "__asan_*", "__hwasan_*",
	"check_memory_region*", "__check_memory_region*", "memory_is_*",
	"check_region*", "kmsan_*", "__kmsan_*", "__msan_*", "kcsan_*",
	"__kcsan_*", "__tsan_*", "kfence_*", "__kfence_*", "__ubsan_*",
	"ubsan_*", "handle_overflow", "handle_object_size_mismatch*",
	"val_to_string", "__sanitizer_*", "__kcov*", "write_comp_data",
	"check_kcov_mode", "save_stack*", "stack_trace_*", "stack_depot_*",
	"object_err", "print_*", "slab_err", "slab_bug", "slab_pad_check",
	"check_slab", "check_object", "check_bytes_and_report",
	"describe_object*", "object_is_on_stack",
	/* Printing traces, WARN(), BUG(), panic(). */
	"dump_stack*", "__dump_stack", "show_stack*", "show_regs*",
	"show_trace*", "dump_backtrace*", "walk_stackframe", "unwind_frame",
	"dump_cpu_task", "sched_show_task", "show_state*", "nmi_cpu_backtrace*",
	"nmi_trigger_*", "arch_trigger_*", "trigger_*backtrace*", "rcu_dump_*",
	"unwind_backtrace", "warn_*", "__warn*", "report_bug*", "__report_bug",
	"fixup_bug*", "__panic", "panic_*", "__schedule_bug",
	"__x86_indirect_thunk*", "__fortify_report", "assertfail",
	"__reiserfs_panic", "__rust*", "__rustc*", "panic", "vpanic",
	"check_panic_on_warn", "end_report", "bug_handler", "handle_bug",
	"bad_page", "check_new_page*", "free_page_is_bad*", "fortify_panic",
	"__fortify_panic", "usercopy_abort", "usercopy_warn",
	"__stack_chk_fail", "rust_begin_unwind", "core::panicking*",
	"_R*panic*", "rust_helper_BUG", "rust_panic*", "rust_helper_*",
	"core::*", "<core::*", "alloc::*", "<alloc::*",
	/* Entry of faults and traps. */
	"die", "__die*", "die_*", "oops_*", "no_context", "__bad_area*",
	"bad_area*", "do_trap*", "do_error_trap", "do_invalid_op", "invalid_op",
	"exc_*", "asm_exc_*", "handle_exception*", "do_mem_abort",
	"do_translation_fault", "do_tag_check_fault", "do_tag_recovery",
	"__indirect_thunk*", "retint_*", "ret_from_exception", "ret_from_intr",
	"restore_regs_and_return_to_kernel", "do_page_fault", "__do_page_fault",
	"page_fault*", "async_page_fault", "error_code", "error_entry",
	"do_async_page_fault", "trace_do_page_fault", "spurious_kernel_fault",
	"do_general_protection", "general_protection", "do_double_fault",
	"double_fault", "do_divide_error", "divide_error", "do_int3", "int3",
	"el1_*", "el1h_*", "el1t_*", "el0_*", "el0t_*", "do_el1*",
	"do_undefinstr", "do_debug_exception", "brk_handler", "call_break_hook",
	"do_DataAbort", "__dabt_svc", "__und_svc*", "do_undef*", "do_bad_area",
	"do_kernel_fault", "__do_kernel_fault", "arm_notify_die",
	"do_alignment*", "do_sea", "do_bad", "user_fault*", "bad_page_fault",
	"handle_page_fault", "data_access_common*", "program_check_*",
	"kernelmode_fixup_or_oops", "page_fault_oops", "do_kern_addr_fault",
	"do_user_addr_fault", "irqentry_*", "fault_in_kernel_space",
	"__handle_fault",
	/* Allocators. */
	"kmalloc*", "___kmalloc*", "__kvmalloc*", "dev_alloc_skb*",
	"alloc_skb_with_frags", "alloc_inode*", "new_inode*", "__kmalloc*",
	"__do_kmalloc*", "kzalloc*", "kcalloc*", "kvmalloc*", "__kvmalloc*",
	"kvzalloc*", "kmem_cache_*", "__kmem_cache_*", "slab_*", "__slab_*",
	"___slab_*", "cache_alloc*", "cache_free*", "____cache_alloc*",
	"__cache_*", "___cache_*", "do_slab_free", "kfree", "__kfree*",
	"kfree_*", "kvfree*", "vfree*", "__vunmap", "vunmap", "__vfree*",
	"vmalloc*", "__vmalloc*", "vzalloc*", "kmemdup*", "kstrdup*",
	"krealloc*", "__do_krealloc*", "kmemleak_*", "create_object",
	"__create_object", "lookup_object", "memdup_*", "strndup_user",
	"__alloc_pages*", "alloc_pages*", "__alloc_frozen_*", "alloc_frozen_*",
	"__page_pool_alloc*", "page_pool_alloc*", "__alloc_page*",
	"alloc_page*", "__get_free_page*", "get_zeroed_page*", "free_pages*",
	"free_page*", "__free_page*", "__free_pages*", "get_page_from_freelist",
	"prep_new_page", "post_alloc_hook", "free_unref_*", "new_slab*",
	"allocate_slab*", "free_pcp*", "free_one_page", "folio_alloc*",
	"__folio_alloc*", "filemap_alloc_folio*", "page_cache_alloc*",
	"__page_cache_alloc", "pagecache_get_page", "__filemap_get_folio*",
	"grab_cache_page*", "find_lock_entries", "find_get_*", "find_lock_*",
	"pagevec_*", "folio_batch_*", "truncate_inode_*", "truncate_folio_*",
	"find_or_create_page", "mempool_*", "remove_element*", "pcpu_*",
	"__alloc_percpu*", "alloc_percpu*", "free_percpu*",
	"free_large_kmalloc", "__put_page", "put_page*", "get_page*",
	"release_pages", "qlink_*", "quarantine_*", "dma_alloc*", "dma_pool_*",
	"devm_k*alloc*", "should_fail*", "__should_fail*", "fail_dump",
	"should_failslab", "alloc_slab_*", "debug_dma_*", "percpu_ref_*",
	"early_alloc*", "memblock_*", "alloc_from_pcs*", "__pcs_*",
	"refill_obj*",
	/* Locks and what lockdep does in them. */
	"_raw_*", "__raw_*", "do_raw_*", "spin_*", "__spin_*", "raw_spin_*",
	"read_lock*", "write_lock*", "_read_*", "_write_*", "mutex_*",
	"__mutex_*", "ww_mutex_*", "down", "up", "down_*", "up_*", "__down*",
	"__up*", "rwsem_*", "rtmutex_*", "rt_mutex_*", "__rt_mutex*",
	"rt_spin_*", "rt_read_*", "rt_write_*", "lock_acquire*",
	"lock_release*", "__lock_*", "lockdep_*", "lock_is_held*", "lock_set_*",
	"lock_downgrade", "lock_sock*", "release_sock", "__lock_sock*",
	"bh_lock_sock*", "register_lock_class", "validate_chain*",
	"check_prev*", "check_dead*", "check_noncircular", "check_usage*",
	"check_irq_usage", "mark_lock*", "mark_held_locks", "mark_usage",
	"assign_lock_key", "look_up_lock*", "match_held_lock", "find_held_lock",
	"reacquire_held_locks", "check_wait_context", "debug_check_no_locks*",
	"debug_locks_off", "debug_show_*", "debug_mutex_*", "debug_spin_*",
	"debug_rt_mutex_*", "debug_rwlock_*", "debug_write_*", "debug_read_*",
	"rcu_read_*", "rcu_lock_*", "rcu_note_*", "percpu_down_*",
	"percpu_up_*", "__percpu_*", "native_queued_*", "queued_*",
	"pv_queued_*", "__pv_queued_*", "pv_*", "osq_*", "mcs_spin_*",
	"folio_lock*", "__folio_lock*", "lock_page*", "unlock_page*",
	"folio_unlock*", "lock_two_*", "inode_lock*", "inode_unlock*",
	"seqcount_*", "do_write_seqcount*", "write_seqcount*", "read_seqbegin*",
	"task_rq_lock", "__task_rq_lock", "raw_spin_rq_*", "lock_rq*",
	"trylock_*", "rtnl_unlock*", "local_lock*", "bit_spin_lock*",
	"reiserfs_write_lock*", "hlist_bl_lock", "class_*_constructor",
	"class_*_destructor", "jbd2_might_wait*", "arch_spin_*", "ticket_*",
	"__ticket_*",
	/* Atomic operations and bits. */
	"atomic_*", "_atomic_*", "atomic64_*", "raw_atomic*", "arch_atomic*",
	"arch_atomic64*", "__atomic_*", "__ll_sc_*", "__lse_*", "instrument_*",
	"test_bit", "set_bit", "clear_bit", "test_and_*", "__set_bit",
	"__clear_bit", "arch_test_*", "arch_set_*", "arch_clear_*",
	"variable_test_bit", "constant_test_bit", "const_test_bit", "_test_bit",
	"generic_test_bit", "find_first_*", "find_next_*", "_find_*",
	"find_last_*", "bitmap_*", "__bitmap_*", "__bitmap*", "cpumask_*",
	"__read_once_*", "__write_once_*", "read_word_*", "__xchg*",
	"__cmpxchg*", "cmpxchg*", "hweight*", "native_queued_*", "native_irq_*",
	"native_save_fl", "native_restore_fl", "native_safe_halt",
	"arch_local_*", "arch_irq*", "__preempt_*", "__this_cpu_preempt_check",
	"preempt_*", "__this_cpu_*", "this_cpu_*", "check_preemption_disabled",
	"debug_smp_processor_id", "get_bool", "__read_cr2", "data_race*",
	/* Reference counts. */
	"refcount_*", "__refcount_*", "kref_*", "kobject_*", "__kobject_*",
	"get_device", "put_device", "klist_*", "ref_tracker_*", "hold_*ref*",
	"netdev_put", "netdev_hold", "netdev_tracker_*", "dev_put", "dev_hold",
	"rollback_registered*", "unregister_netdevice_many*",
	"unregister_netdevice_queue", "iput*", "dput*", "fast_dput", "__dput*",
	"ihold", "igrab", "iget_*", "dget*", "sock_hold", "sock_put",
	"__sock_put", "get_task_struct", "fput", "put_task_struct*", "get_net",
	"put_net", "maybe_get_net", "path_put", "path_get", "mntput*", "mntget",
	"drop_nlink", "inc_nlink", "set_nlink", "clear_nlink",
	"mark_buffer_dirty*", "mark_inode_dirty*", "__mark_inode_dirty*",
	/* Memory and strings, user copies, iterators. */
	"mem*cpy*", "__mem*", "mem*move*", "memset*", "memcmp", "memchr*",
	"strlen", "strnlen", "strcmp", "strncmp", "strcpy", "strncpy",
	"strscpy*", "strlcpy", "strlcat", "strcat", "strncat", "strchr*",
	"strrchr", "strstr", "strnstr", "strsep", "strspn", "strcspn",
	"strnchr*", "strcasecmp", "strncasecmp", "strim", "strreplace",
	"strpbrk", "__str*", "__pi_*", "bcmp", "sized_str*", "fortify_mem*",
	"_copy_*", "__copy_*", "copy_*_user*", "copy_from_*", "copy_to_*",
	"copy_user_*", "*copy_from_user*", "*copy_to_user*",
	"simple_copy_to_iter", "copyin*", "copyout*", "raw_copy_*",
	"__arch_copy_*", "__pi___arch*", "copy_page_*_iter*", "copy_page*",
	"copy_folio_*", "iov_iter_*", "iterate_*", "csum_partial*",
	"csum_and_*", "do_csum", "clear_user*", "__clear_user*", "clear_page*",
	"clear_highpage*", "get_user*", "__get_user*", "put_user*",
	"__put_user*", "rep_*", "check_copy_*", "__check_object_size",
	"__check_heap_object*", "check_heap_object", "check_stack_object",
	"check_page_span", "check_kernel_text_object", "memory_read_from*",
	"_parse_integer*", "kstrto*", "kstrtou*", "simple_str*", "sprintf",
	"vsprintf", "sscanf", "access_ok", "do_strncpy*", "probe_kernel_*",
	"__probe_kernel_*", "crc32*", "crc16*", "crc_*", "hash_*", "jhash*",
	"siphash*", "xxh*", "unsafe_*", "zero_user*", "kmap*", "kunmap*",
	"put_unaligned*", "logic_in*", "logic_out*", "inb*", "outb*", "inw*",
	"outw*", "inl*", "outl*", "ioread*", "iowrite*", "get_unaligned*",
	"__get_unaligned*", "__put_unaligned*", "sort", "sort_r", "bsearch",
	"do_swap", "get_random_*",
	/* Lists, trees, maps. */
	"list_*", "__list_*", "hlist_*", "__hlist_*", "llist_*", "plist_*",
	"rb_*", "__rb_*", "radix_tree_*", "__radix_tree_*", "xa_*", "__xa_*",
	"xas_*", "xarray_*", "idr_*", "__idr_*", "ida_*", "mas_*", "mt_*",
	"mtree_*", "rht_*", "rhashtable_*", "__rhashtable_*", "bucket_table_*",
	"kfifo_*", "__kfifo_*", "lru_add*", "list_lru_*", "interval_tree_*",
	/* Printing. */
	"printk*", "_printk*", "vprintk*", "console_unlock", "console_trylock*",
	"console_flush*", "console_emit*", "printk_safe_*", "vsnprintf",
	"snprintf", "vscnprintf", "scnprintf", "pointer", "symbol_string*",
	"dev_printk*", "_dev_*", "__dev_printk*", "netdev_printk",
	"__netdev_printk", "number", "string", "string_nocheck",
	"format_decode", "kasprintf*", "kvasprintf*", "kvasprintf_const",
	"seq_printf", "seq_vprintf", "seq_puts", "dynamic_*dbg", "__dynamic_*",
	/* The device model. */
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
	"del_timer*", "timer_delete*", "timer_shutdown*", "mod_timer*",
	"__mod_timer*", "add_timer*", "try_to_del_timer*", "__try_to_del*",
	"__timer_delete*", "timer_pending", "timer_is_static_object",
	"timer_fixup_*", "work_is_static_object", "*_is_static_object",
	"lookup_object_or_alloc", "try_to_grab_pending", "work_grab_pending",
	"cancel_work_sync", "__cancel_work_timer", "detach_timer*",
	"lock_timer_base", "init_timer*", "timer_init_key", "hrtimer_*",
	"__hrtimer_*", "debug_object_*", "__debug_object_*",
	"debug_check_no_obj_freed*", "__debug_check_no_obj_freed*",
	"debug_print_object*", "debug_timer_*", "debug_deactivate",
	"debug_activate", "debug_work_*", "debug_rcu_*", "flush_work*",
	"__flush_work*", "flush_delayed_work", "start_flush_work", "touch_*wq*",
	"cancel_work*", "__cancel_work*", "cancel_delayed_work*",
	"__cancel_delayed*", "drain_workqueue*", "destroy_workqueue",
	"flush_workqueue*", "check_flush_dependency", "__queue_work",
	"queue_work*", "__queue_delayed_work", "queue_delayed_work*",
	"mod_delayed_work*", "schedule_work*", "insert_work*", "set_work_*",
	"call_rcu*", "__call_rcu*", "call_srcu", "__call_srcu", "rcu_barrier*",
	"synchronize_*", "srcu_*", "init_srcu*", "cleanup_srcu_struct*",
	"__srcu_*", "kvfree_call_rcu*", "kfree_call_rcu*", "rcu_segcblist*",
	"wait_rcu_gp", "__wait_rcu_gp", "schedule_timeout*", "tasklet_*",
	"wait_for_*", "do_wait_for_common", "completion_*", "complete",
	"complete_*", "swake_*", "__wake_up*", "wake_up_process", "wake_up_q",
	"wake_up_bit", "wake_up_state", "prepare_to_*wait*", "finish_wait",
	"init_wait*", "wait_on_*", "__wait_on_*", "out_of_line_wait_on_*",
	"ep_remove_wait*", "autoremove_wake_*", "try_to_wake_up", "bit_wait*",
	/* The scheduler's checks. */
	"___might_*", "__might_*", "might_*", "__schedule*", "schedule",
	"schedule_debug", "preempt_schedule*", "io_schedule*",
	"__cond_resched*", "cond_resched*", "_cond_resched", "dequeue_task*",
	"context_switch",
	/* USB's core, which checks what drivers ask of it. */
	"usb_submit_urb", "usb_kill_urb", "usb_kill_anchored_urbs",
	"usb_start_wait_urb", "usb_internal_control_msg", "usb_control_msg*",
	"usb_bulk_msg", "usb_interrupt_msg", "usb_free_urb", "usb_put_urb",
	"usb_hcd_submit_urb", "usb_poison_urb", "usb_unlink_urb",
	/* Socket buffers: their owners are to blame. */
	"skb_put*", "__skb_put*", "skb_push*", "skb_pull*", "__skb_pull*",
	"skb_over_panic", "skb_under_panic", "skb_panic", "__netdev_alloc_skb*",
	"netdev_alloc_*", "napi_alloc_*", "__napi_alloc_*", "kfree_skb*",
	"__kfree_skb", "consume_skb", "skb_release_*", "skb_free_*",
	"kfree_skbmem", "sk_skb_reason_drop", "skb_unlink", "__skb_unlink",
	"skb_dequeue*", "__skb_dequeue*", "skb_queue_*", "__skb_queue_*",
	"skb_peek*", "skb_copy*", "__skb_copy*", "__pskb_copy*", "skb_clone*",
	"__skb_clone", "pskb_expand_head", "skb_trim*", "pskb_*pull*",
	"__pskb_pull*", "skb_store_bits", "skb_checksum*", "__skb_checksum*",
	"kmalloc_reserve*", "skb_drop_*", "skb_page_frag_refill",
	"__build_skb*", "build_skb*", "skb_panic*", "sock_alloc_send_*",
	"sock_wmalloc", "sk_alloc", "sk_prot_alloc*", "__skb_get_hash*",
	"__skb_flow_dissect", "skb_ensure_writable",
	/* Tracing and profiling. */
	"trace_hardirqs_*", "trace_softirqs_*", "trace_event_*", "trace_lock_*",
	"trace_preempt_*", "ftrace_*", "__trace_*", "perf_trace_*",
	"bpf_trace_run*", "__bpf_trace_*", "arch_stack_walk*", "unwind_*",
	"__unwind_*", "profile_pc", "get_wchan", "__do_softirq_own_stack",
	"mcount", "__fentry__", "__local_bh_*", "local_bh_*", "_local_bh_*",
	"stackinfo_*",
	/* Thin wrappers of everything. */
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
	"vfs_getattr*",
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
	"*lock_buffer*", "*_down_*", "*jiffies*",
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

bool function_is_dispatcher(const char *name)
{
	return in_list(dispatchers,
		       sizeof(dispatchers) / sizeof(dispatchers[0]), name);
}

bool function_is_waiting(const char *name)
{
	return in_list(waiting, sizeof(waiting) / sizeof(waiting[0]), name);
}
