// SPDX-License-Identifier: GPL-2.0-only
#include <linux/interrupt.h>
#include <linux/pci.h>

#include "drivers/kernel/irq_type.h"
#include "drivers/kernel/pci_type.h"
#include "kernel/irq.h"

static irqreturn_t kn_irq_entry(int irq, void *data)
{
	const struct kn_irq_vector *vector = data;

	vector->irq->handler(vector->irq->context, vector->number);
	return IRQ_HANDLED;
}

u32 kn_irq_setup(struct kn_pci *pci, struct kn_irq *irq, u32 wanted, kn_irq_handler handler,
		 void *context)
{
	struct kn_irq_type *type = (struct kn_irq_type *)irq;
	struct pci_dev *pdev = to_pci_dev_ptr(pci);
	int granted;

	BUILD_BUG_ON(sizeof(*irq) < sizeof(*type));
	*type = (struct kn_irq_type){ .handler = handler, .context = context };
	granted = pci_alloc_irq_vectors(pdev, 1, min_t(u32, wanted, KN_IRQ_VECTORS), PCI_IRQ_MSIX);
	if (granted < 0)
		return 0;

	while (type->count < granted) {
		struct kn_irq_vector *vector = &type->vector[type->count];

		vector->irq = type;
		vector->number = type->count;
		if (request_irq(pci_irq_vector(pdev, type->count), kn_irq_entry, 0, "virtio_owner",
				vector))
			break;
		type->count++;
	}
	if (!type->count)
		pci_free_irq_vectors(pdev);
	return type->count;
}

void kn_irq_release(struct kn_pci *pci, struct kn_irq *irq)
{
	struct kn_irq_type *type = (struct kn_irq_type *)irq;
	struct pci_dev *pdev = to_pci_dev_ptr(pci);

	while (type->count > 0) {
		type->count--;
		free_irq(pci_irq_vector(pdev, type->count), &type->vector[type->count]);
	}
	pci_free_irq_vectors(pdev);
}
