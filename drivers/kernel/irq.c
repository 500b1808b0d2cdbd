// SPDX-License-Identifier: GPL-2.0-only
#include <linux/interrupt.h>
#include <linux/pci.h>

#include "drivers/kernel/irq_type.h"
#include "drivers/kernel/pci_type.h"
#include "kernel/irq.h"

static irqreturn_t kn_irq_entry(int irq, void *data)
{
	const struct kn_irq_type *vector = data;

	vector->handler(vector->context, vector->number);
	return IRQ_HANDLED;
}

int kn_irq_alloc_vectors(struct kn_pci *pci, u32 most)
{
	return pci_alloc_irq_vectors(to_pci_dev_ptr(pci), 1, most, PCI_IRQ_MSIX);
}

void kn_irq_free_vectors(struct kn_pci *pci)
{
	pci_free_irq_vectors(to_pci_dev_ptr(pci));
}

int kn_irq_request(struct kn_pci *pci, struct kn_irq *irq, u32 number, kn_irq_handler handler,
		   void *context)
{
	struct kn_irq_type *vector = (struct kn_irq_type *)irq;

	BUILD_BUG_ON(sizeof(*irq) < sizeof(*vector));
	*vector = (struct kn_irq_type){ .handler = handler, .context = context, .number = number };
	return request_irq(pci_irq_vector(to_pci_dev_ptr(pci), number), kn_irq_entry, 0,
			   "virtio_owner", vector);
}

void kn_irq_free(struct kn_pci *pci, struct kn_irq *irq)
{
	struct kn_irq_type *vector = (struct kn_irq_type *)irq;

	free_irq(pci_irq_vector(to_pci_dev_ptr(pci), vector->number), vector);
}
