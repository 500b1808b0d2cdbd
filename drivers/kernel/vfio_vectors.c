// SPDX-License-Identifier: GPL-2.0-only
#include <linux/interrupt.h>
#include <linux/pci.h>
#include <linux/vfio_pci_core.h>

#include "drivers/kernel/compat_intx.h"
#include "drivers/kernel/irq_type.h"
#include "drivers/kernel/vfio_type.h"
#include "kernel/vfio_irqs.h"

static irqreturn_t kn_vfio_vector_entry(int irq, void *data)
{
	const struct kn_irq_type *vector = data;

	vector->handler(vector->context, vector->number);
	return IRQ_HANDLED;
}

bool kn_vfio_intx_supported(void)
{
	return KN_VFIO_INTX_SUPPORTED;
}

bool kn_vfio_irqs_unused(struct kn_vfio *vfio)
{
	return kn_vfio_core_irqs_unused(to_vfio_core(vfio));
}

/* Handlers for as many of @count vectors as there can be. Return: how many, or why not one. */
static int kn_vfio_request(struct pci_dev *pdev, struct kn_vfio_vectors *vectors, u32 count,
			   kn_irq_handler handler, void *context)
{
	u32 i;
	int ret;

	BUILD_BUG_ON(sizeof(vectors->irq[0]) < sizeof(struct kn_irq_type));
	for (i = 0; i < count; i++) {
		struct kn_irq_type *vector = (struct kn_irq_type *)&vectors->irq[i];

		*vector = (struct kn_irq_type){
			.handler = handler, .context = context, .number = i };
		snprintf(vectors->name[i], sizeof(vectors->name[i]), "virtio_legacy-intx[%u](%s)",
			 i, pci_name(pdev));
		ret = request_irq(pci_irq_vector(pdev, i), kn_vfio_vector_entry, 0,
				  vectors->name[i], vector);
		if (ret)
			return i ? (int)i : ret;
	}
	return count;
}

/* As vfio-pci-core allocates its own: VFIO_DEVICE_RESET saves and restores MSI-X under the lock. */
int kn_vfio_vectors_setup(struct kn_vfio *vfio, struct kn_vfio_vectors *vectors,
			  kn_irq_handler handler, void *context)
{
	struct vfio_pci_core_device *core = to_vfio_core(vfio);
	int ret;

	ret = down_write_killable(&core->memory_lock);
	if (ret)
		return ret;
	ret = pci_alloc_irq_vectors(core->pdev, 1, KN_VFIO_VECTORS, PCI_IRQ_MSIX);
	if (ret > 0) {
		ret = kn_vfio_request(core->pdev, vectors, ret, handler, context);
		if (ret < 0)
			pci_free_irq_vectors(core->pdev);
	}
	vectors->count = max(ret, 0);
	up_write(&core->memory_lock);
	return ret;
}

void kn_vfio_vectors_sync(struct kn_vfio *vfio, struct kn_vfio_vectors *vectors)
{
	u32 i;

	for (i = 0; i < vectors->count; i++)
		synchronize_irq(pci_irq_vector(to_vfio_core(vfio)->pdev, i));
}

void kn_vfio_vectors_release(struct kn_vfio *vfio, struct kn_vfio_vectors *vectors)
{
	struct vfio_pci_core_device *core = to_vfio_core(vfio);
	u32 i;

	down_write(&core->memory_lock);
	for (i = 0; i < vectors->count; i++)
		free_irq(pci_irq_vector(core->pdev, i), &vectors->irq[i]);
	pci_free_irq_vectors(core->pdev);
	vectors->count = 0;
	up_write(&core->memory_lock);
}
