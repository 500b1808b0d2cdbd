# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2154,SC2016 # guest.sh sets variables; XML has quotes
# Guests that Debian's libvirt starts. Its daemon runs in a root of its own (root.sh).

# libvirt_up ROOT: start its daemon.
libvirt_up() {
	root_mount "$1" || return 1
	libvirt_root=/roots/$1
	# What a distribution's init system would have set up is not there: other users, cgroups, virtlogd.
	cat >"$libvirt_root/etc/libvirt/qemu.conf" <<-'EOF'
		user = "root"
		group = "root"
		cgroup_controllers = [ ]
		namespaces = [ ]
		stdio_handler = "file"
	EOF
	chroot "$libvirt_root" libvirtd --daemon 3<&- || return 1
	within daemon virsh version >/dev/null
}

# libvirt_down: end its daemon, and forget what one that crashed had noted: the next daemon would take up its domains.
libvirt_down() {
	[ -n "${libvirt_root:-}" ] || return 0
	check daemon-end libvirt_ends
	rm -rf /run/libvirt /run/libvirtd.pid
	libvirt_root=''
}

# libvirt_ends: the daemon ends and removes its file. It must have no domain left: libvirt 11.3 can crash if it is asked
# to end while it handles the end of a domain.
libvirt_ends() {
	local _process
	_process=$(cat /run/libvirtd.pid) && within release libvirt_idle "$_process" && kill "$_process" || return 1
	await "$(limit end)" --process "$_process"
	[ $? = 2 ] && [ ! -e /run/libvirtd.pid ]
}

# libvirt_idle PROCESS: the daemon has no domain, or is gone.
libvirt_idle() { no_domain || ! kill -0 "$1" 2>/dev/null; }

virsh() { chroot "$libvirt_root" virsh -q "$@" 3<&- </dev/null; }

# no_domain: the daemon has none, not even one whose end it still handles.
no_domain() {
	local _names
	_names=$(virsh list --all --name) && [ -z "$_names" ]
}

# domain_start NAME KIND BDF MANAGED [MODEL]: as guest_start; MANAGED (yes, no) and MODEL are <hostdev>'s.
domain_start() {
	domain_launch "$@" && guest_ready "$1" 1
}

domain_launch() {
	guest_prepare "$1" "$2"
	domain_xml "$@" >"$guest_dir/domain.xml"
	virsh create "$guest_dir/domain.xml" >"$guest_dir/qemu.log" 2>&1 || { cat "$guest_dir/qemu.log"; return 1; }
	guest_follow "$1" "$(cat "/run/libvirt/qemu/guest$1.pid")" ctl
	say "domain guest$1 ($2) started with $3, managed='$4'${5:+, driver model='$5'}"
}

domain_xml() {
	local _model=${5:-}
	cat <<-EOF
		<domain type='kvm'>
		  <name>guest$1</name>
		  <memory unit='MiB'>$memory</memory>
		  <vcpu>1</vcpu>
		  <os>
		    <type arch='x86_64' machine='pc'>hvm</type>
		    <kernel>/guest/$GUEST_KERNEL/$kernel</kernel>
		    <initrd>/guest/$GUEST_KERNEL/initramfs</initrd>
		    <cmdline>$append</cmdline>
		  </os>
		  <features><acpi/></features>
		  <cpu mode='host-passthrough' migratable='off'><feature policy='disable' name='xsave'/></cpu>
		  <devices>
		    <controller type='usb' model='none'/>
		    <memballoon model='none'/>
		    <serial type='pipe'><source path='$guest_dir/con'/><target port='0'/></serial>
		    <serial type='pipe'><source path='$guest_dir/ctl'/><target port='1'/></serial>
		    <hostdev mode='subsystem' type='pci' managed='$4'>
		      ${_model:+<driver model='$_model'/>}
		      <source>$(domain_address "$3")</source>
		      <address type='pci' domain='0x0000' bus='0x00' slot='0x04' function='0x0'/>
		    </hostdev>
		  </devices>
		</domain>
	EOF
}

# domain_address DDDD:BB:SS.F: as XML.
domain_address() {
	echo "$1" | sed "s,\(.*\):\(.*\):\(.*\)\.\(.*\),<address domain='0x\1' bus='0x\2' slot='0x\3' function='0x\4'/>,"
}

no_driver() { [ -z "$(driver_of "$1")" ]; }

# domain_stop NAME: a normal end of the guest, which libvirt has handled.
domain_stop() { guest_stop "$1" && within release no_domain; }

# domain_moves_data STEP BDF DRIVER MANAGED [MODEL]: a domain's legacy guest, its VF bound to DRIVER by then, has a network.
domain_moves_data() {
	must "$1.boot" domain_start 1 legacy "$2" "$4" "${5:-}"
	same "$1.driver" "$3" "$(driver_of "$2")"
	identity_as "$1.identity" 1 "$GOLDEN"
	check "$1.legacy-driver" legacy_driver 1
	guest_online "$1" 1
	guest_transfer "$1" 1
	check "$1.end" domain_stop 1
	if [ "$4" = yes ]; then
		check "$1.given-back" no_driver "$2"
	else
		same "$1.stays" "$3" "$(driver_of "$2")"
	fi
}

# refused_domain BDF MESSAGE: libvirt does not start an unmanaged domain on it, and says so.
refused_domain() {
	guest_prepare refused legacy
	domain_xml refused legacy "$1" no >"$guest_dir/domain.xml"
	! virsh create "$guest_dir/domain.xml" >"$guest_dir/refusal" 2>&1 || return 1
	cat "$guest_dir/refusal"
	grep -q "$2" "$guest_dir/refusal"
}

libvirt_versions() {
	virsh version --daemon | sed -n 's/^Running against daemon: /libvirt /p; s/^Running hypervisor: //p' | tr '\n' ' ' | sed 's/ $//'
}

# plain_domain STEP BDF DRIVER: libvirt binds DRIVER, which shows the VF as it is.
plain_domain() {
	must "$1.boot" domain_start 1 modern "$2" yes
	same "$1.driver" "$3" "$(driver_of "$2")"
	same "$1.identity" 1041 "$(guest 1 'lspci -mn -s 00:04.0' | cut -d'"' -f6)"
	check "$1.end" domain_stop 1
	check "$1.given-back" no_driver "$2"
}

# in_tree_variant yes|no: whether the kernel's own virtio_vfio_pci is installed, in the place and order of a kernel's build.
in_tree_variant() {
	local _modules _name
	_modules=/lib/modules/$(uname -r) _name=kernel/drivers/vfio/pci/virtio/virtio-vfio-pci.ko
	mkdir -p "$_modules/${_name%/*}"
	[ -e "$_modules.variant" ] || mv "$(find "$_modules" -name 'virtio-vfio-pci.ko')" "$_modules.variant"
	rm -f "$_modules/$_name"
	grep -qx "$_name" "$_modules/modules.order" || echo "$_name" >>"$_modules/modules.order"
	[ "$1" = no ] || cp "$_modules.variant" "$_modules/$_name"
	# Not the shell's own, which writes half of the files.
	/bin/depmod
}
